/**
 * Calls back when the network returns or the page is looked at again: the moments in which timers have slept and
 * connections have died unseen. Returns a function that ends it.
 */
export function onWake(callback: () => void): () => void {
  const visible = () => {
    if (document.visibilityState === "visible") {
      callback();
    }
  };
  window.addEventListener("online", callback);
  window.addEventListener("pageshow", callback);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", callback);
    window.removeEventListener("pageshow", callback);
    document.removeEventListener("visibilitychange", visible);
  };
}
