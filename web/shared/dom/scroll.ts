/** How far from the end still counts as "reading the latest", in CSS pixels. */
const NEAR_PX = 80;

/** Keeps a scrolling log at its end while the reader is there, and leaves a reader who has scrolled up in peace. */
export class StickToEnd {
  private following = true;
  private lastTop = 0;

  constructor(private readonly scroller: HTMLElement) {
    scroller.addEventListener("scroll", () => this.noteScroll());
    new ResizeObserver(() => this.settle()).observe(scroller);
  }

  /** Only moving up is leaving the end: a box that became lower also has its end out of sight for a moment. */
  private noteScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) {
      this.following = true;
    } else if (scrollTop < this.lastTop) {
      this.following = false;
    }
    this.lastTop = scrollTop;
  }

  /** To be called after content was added. */
  settle(): void {
    if (this.following) {
      this.scroller.scrollTop = this.scroller.scrollHeight;
    }
  }

  jump(): void {
    this.following = true;
    this.settle();
  }
}
