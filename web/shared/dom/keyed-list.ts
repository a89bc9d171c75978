/**
 * Brings a parent's children in line with a list, reusing the nodes of entries that stay: focus, scrolling and what a
 * screen reader has read already survive every update.
 */
export class KeyedList<T, N extends HTMLElement = HTMLElement> {
  private readonly nodes = new Map<string, N>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly keyOf: (entry: T) => string,
    private readonly create: (entry: T) => N,
    private readonly update: (node: N, entry: T) => void,
  ) {}

  show(entries: readonly T[]): void {
    const keys = new Set(entries.map(this.keyOf));
    for (const [key, node] of this.nodes) {
      if (!keys.has(key)) {
        node.remove();
        this.nodes.delete(key);
      }
    }
    let previous: Element | null = null;
    for (const entry of entries) {
      const node = this.nodeFor(entry);
      this.update(node, entry);
      const expected: Element | null = previous ? previous.nextElementSibling : this.parent.firstElementChild;
      if (node !== expected) {
        this.parent.insertBefore(node, expected);
      }
      previous = node;
    }
  }

  private nodeFor(entry: T): N {
    const key = this.keyOf(entry);
    let node = this.nodes.get(key);
    if (!node) {
      node = this.create(entry);
      this.nodes.set(key, node);
    }
    return node;
  }
}
