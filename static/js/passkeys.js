/* Shows the buttons for passkeys where the browser has them, and says so when one fails. */
document.addEventListener("DOMContentLoaded", () => {
  if (window.PublicKeyCredential) {
    for (const part of document.querySelectorAll("[data-passkey]")) {
      part.hidden = false;
    }
  }
});

document.addEventListener("allauth.error", (event) => {
  const trouble = document.getElementById("passkey-trouble");
  if (trouble) {
    event.preventDefault();
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  }
});
