// Tells where the window is narrow against what Python believes, and keeps one entry of the
// browser's history a page. Streamlit pushes an entry whenever the server changes a parameter of
// the address: one without the settings when a page is left, one more when a link's default value
// is taken out. Back would then lead to a page that has lost its settings, or to where one is.
export default function ({ parentElement, data, setStateValue }) {
  const query = window.matchMedia(`(width < ${data.below}px)`);
  const tell = () => query.matches !== data.narrow && setStateValue("narrow", query.matches);
  parentElement.stopWatching?.();
  query.addEventListener("change", tell);
  parentElement.stopWatching = () => query.removeEventListener("change", tell);
  tell();
  oneEntryAPage();
  return () => setTimeout(() => parentElement.isConnected || parentElement.stopWatching());
}

// A change of parameters replaces the entry; when a link is followed, it is left as it was.
function oneEntryAPage() {
  if (window.glassboxHistory) return;
  window.glassboxHistory = true;
  const links = '[data-testid="stTopNavLink"], [data-testid="stPageLink"]';
  const push = history.pushState.bind(history);
  let leaving = 0;
  addEventListener("click", (event) => {
    if (event.target.closest?.(links)) leaving = performance.now();
  }, true);
  history.pushState = (state, title, url) => {
    const there = new URL(url ?? location.href, location.href);
    if (there.pathname !== location.pathname) {
      leaving = 0;
      push(state, title, url);
    } else if (!leaving || performance.now() - leaving > 3000) {
      history.replaceState(state, title, url);
    }
  };
}
