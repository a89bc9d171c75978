const PATHS = {
  chat: "M4 5h16v11H10l-4.5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  send: "M5 12h14M13 6l6 6-6 6",
  machine: "M6 9h12v9H6zM12 9V5M9.5 13h.01M14.5 13h.01M3.5 12v3M20.5 12v3",
  person: "M12 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.500l3 2",
  menu: "M12 6h.01M12 12h.01M12 18h.01",
  bell: "M6 17h12l-1.5-2.500V11a4.5 4.5 0 0 0-9 0v3.500zM10.5 20h3",
  silent: "M6 17h12l-1.5-2.500V11a4.5 4.5 0 0 0-9 0v3.500zM10.5 20h3M4 4l16 16",
  here: "M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12z",
  away: "M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12z",
  done: "M5 12.500l4.5 4.500L19 7.5",
  doneTwice: "M2 12.500l4.5 4.500L16 7.5M12 16.500l.5.5L22 7.5",
} as const;

export type IconName = keyof typeof PATHS;
const SVG = "http://www.w3.org/2000/svg";

/** A drawn sign beside words; it says nothing to screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
