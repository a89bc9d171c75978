import "../widget/register";

/** The page's own button opens the same chat as the one in the corner. */
document.getElementById("start-chat")?.addEventListener("click", () => {
  document.querySelector("handschlag-chat")?.show();
});
