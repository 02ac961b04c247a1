// «Вид» takes effect at once and is remembered in the background; open menus close with Esc or a click elsewhere.
function choose(event) {
  const { name, value, form } = event.target;
  if (name !== "theme" && name !== "size") return;
  document.documentElement.dataset[name] = value;
  fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.top-menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

export function startView() {
  document.querySelector('form[action="/view"]')?.addEventListener("change", choose);
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    const open = event.target.closest?.("details.top-menu[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
}
