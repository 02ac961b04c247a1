// Words of the scripts come from the page, where the catalogues are.
const store = document.getElementById("words");
export const word = (name) => (store && store.dataset[name]) || "";
export const token = () => document.querySelector('meta[name="csrf-token"]').content;
// Times are those of the exam point, wherever this computer believes it is.
export const clock = (at = new Date()) => at.toLocaleTimeString("ru", { hour12: false, timeZone: word("zone") || undefined });
