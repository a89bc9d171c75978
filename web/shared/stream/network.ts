export interface NetworkEvents {
  /**
   * The network is back or the page is looked at again: moments in which timers have slept and connections have died
   * unseen. `cut` says that the network was really away.
   */
  onBack: (cut: boolean) => void;
  onLost: () => void;
}

/** Follows what the browser knows of its network. Returns a function that ends it. */
export function watchNetwork({ onBack, onLost }: NetworkEvents): () => void {
  const online = () => onBack(true);
  const shown = () => {
    if (document.visibilityState === "visible") {
      onBack(false);
    }
  };
  window.addEventListener("online", online);
  window.addEventListener("offline", onLost);
  window.addEventListener("pageshow", shown);
  document.addEventListener("visibilitychange", shown);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", onLost);
    window.removeEventListener("pageshow", shown);
    document.removeEventListener("visibilitychange", shown);
  };
}
