// Django's script numbers the ids of a row that it adds, but not what names them.
for (const event of ["formset:added", "formset:removed"]) {
  document.addEventListener(event, () => {
    for (const field of document.querySelectorAll(".inline-related [id][aria-describedby]")) {
      const ids = field.getAttribute("aria-describedby").replace(/\S+(?=_(helptext|error))/g, field.id);
      field.setAttribute("aria-describedby", ids);
    }
  });
}
