import { defineConfig } from "vite";

// The bridge serves the result under a Content-Security-Policy that allows files of its own origin only:
// nothing may be inlined as script, style or data address.
export default defineConfig({
  base: "/",
  publicDir: false,
  build: {
    outDir: "../handoff_bridge/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    rolldownOptions: { input: ["index.html", "desk/index.html"] },
  },
});
