const KEY = "harness-image-guard.theme";

/** The choices, in the order of the switch. */
const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** Makes a button switch between the system's theme, light and dark. */
export function themeSwitch(button: HTMLButtonElement): void {
  let theme = kept();
  const show = () => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    button.textContent = { system: "◐", light: "☀", dark: "☾" }[theme];
    button.setAttribute("aria-label", `Theme: ${theme}`);
    button.title = `Theme: ${theme}`;
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
    try {
      if (theme === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // Then it lasts as long as the page.
    }
    show();
  });
  show();
}

function kept(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return THEMES.find((known) => known === theme) ?? "system";
  } catch {
    return "system";
  }
}
