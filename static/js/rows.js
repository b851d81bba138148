// Django's script numbers the ids of the rows that it adds and removes, but not what names them.
function nameAgain() {
  for (const field of document.querySelectorAll(".inline-related [id][aria-describedby]")) {
    const ids = field.getAttribute("aria-describedby").replace(/\S+(?=_(helptext|error))/g, field.id);
    field.setAttribute("aria-describedby", ids);
  }
}
for (const event of ["formset:added", "formset:removed"]) {
  // It numbers them only after it has said that a row is removed.
  document.addEventListener(event, () => setTimeout(nameAgain));
}
