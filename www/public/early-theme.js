// Runs before anything is drawn, so that no page flashes in the other theme.
try {
  const theme = localStorage.getItem("harness-image-guard.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage, the system's theme applies.
}
