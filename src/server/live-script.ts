/**
 * Keeps a page up to date by asking for it again and putting its <main> in place of the old one. What was unfolded stays so; it does not run
 * while nobody looks, and a press on the button holds it. Without scripts the browser reloads the page: see frame.ts.
 */
export const liveScript = `
const button = document.getElementById('live');
let isPaused = false;
function show(state, text) { button.dataset.state = state; button.textContent = text; }
function key(element) { return element.dataset.key; }
async function update() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(10000) });
  if (!response.ok) throw new Error('status ' + response.status);
  const next = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main');
  if (isPaused || String(getSelection()) !== '') return;
  const main = document.querySelector('main');
  const isOpen = new Map([...main.querySelectorAll('details')].map((each) => [key(each), each.open]));
  for (const each of next.querySelectorAll('details')) each.open = isOpen.get(key(each)) ?? each.open;
  const focused = document.activeElement && key(document.activeElement.parentElement ?? document.body);
  main.replaceWith(next);
  if (focused) for (const each of next.querySelectorAll('details')) if (key(each) === focused) each.firstElementChild.focus();
}
async function turn() {
  if (!isPaused && !document.hidden) {
    try { await update(); if (!isPaused) show('live', 'Live'); } catch { if (!isPaused) show('lost', 'No answer'); }
  }
  setTimeout(turn, 2000);
}
button.addEventListener('click', () => {
  isPaused = !isPaused;
  button.setAttribute('aria-pressed', String(isPaused));
  show(isPaused ? 'paused' : 'live', isPaused ? 'Paused' : 'Live');
});
button.hidden = false;
show('live', 'Live');
setTimeout(turn, 2000);
`;
