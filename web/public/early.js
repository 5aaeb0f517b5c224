// Sets the chosen theme and language before the first paint, so that a dark screen never flashes white.
// The client keeps them in local storage under `pli.preferences`; see web/app/preferences.ts.
(() => {
  try {
    const chosen = JSON.parse(localStorage.getItem('pli.preferences') ?? '{}');
    const root = document.documentElement;
    if (typeof chosen.theme === 'string' && chosen.theme !== 'system') root.dataset.theme = chosen.theme;
    if (typeof chosen.density === 'string') root.dataset.density = chosen.density;
    if (chosen.language === 'en' || chosen.language === 'fr') root.lang = chosen.language;
  } catch {
    // Storage is forbidden or spoilt: the client starts with its defaults.
  }
})();
