// Before anything is drawn, so that no page flashes up in the other theme.
try {
  const theme = localStorage.getItem("harness-image-guard.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Then the system's theme it is.
}
