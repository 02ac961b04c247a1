// Words of the scripts come from the page, where the catalogues are.
const store = document.getElementById("words");
export const word = (name) => (store && store.dataset[name]) || "";
export const token = () => document.querySelector('meta[name="csrf-token"]').content;
export const clock = (at = new Date()) => at.toLocaleTimeString("ru", { hour12: false });
