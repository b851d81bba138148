// Says below each text how many characters are left. The server checks the bound.
for (const text of document.querySelectorAll("textarea[data-most]")) {
  const shown = document.createElement("div");
  const heard = document.createElement("span");
  shown.className = "help count";
  shown.setAttribute("aria-hidden", "true");
  heard.className = "visually-hidden";
  heard.setAttribute("aria-live", "polite");
  (text.closest(".form-row") ?? text.parentElement).append(shown, heard);

  const count = () => {
    // By characters as the server counts them, not by the halves of an emoji.
    const left = Number(text.dataset.most) - [...text.value].length;
    const words = left < 0 ? text.dataset.tooMany : text.dataset.left;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang);
    shown.textContent = words.replace("%s", number);
    shown.classList.toggle("too-many", left < 0);
  };
  // Whoever listens hears it once the typing stops.
  let pause;
  text.addEventListener("input", () => {
    count();
    clearTimeout(pause);
    pause = setTimeout(() => (heard.textContent = shown.textContent), 1000);
  });
  count();
}
