/** How far from the end still counts as "reading the latest", in CSS pixels. */
const NEAR_PX = 80;

/** Keeps a scrolling log at its end while the reader is there, and leaves a reader who has scrolled up in peace. */
export class StickToEnd {
  private following = true;

  constructor(private readonly scroller: HTMLElement) {
    scroller.addEventListener("scroll", () => {
      this.following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
    });
    new ResizeObserver(() => this.settle()).observe(scroller);
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
