// Shows of each column only the fields that its kind needs. Hidden fields keep what was typed and are sent along.

for (const column of document.querySelectorAll("[data-column]")) {
  const kind = column.querySelector("select[name^=kind-]");
  const show = () => {
    for (const part of column.querySelectorAll("[data-only-for]")) {
      part.hidden = kind.value !== "" && !part.dataset.onlyFor.split(" ").includes(kind.value);
    }
  };
  kind.addEventListener("change", show);
  show();
}
