// What this browser can and cannot do for the mail service: shown here, and left for the support under a short code.
// Only what is shown is sent; see the page it runs in (server/protocols/http/pages/help.ts).
(() => {
  const isEnglish = document.documentElement.lang === 'en';
  const words = isEnglish
    ? {
        cookies: 'Cookies',
        storage: 'Memory of the site',
        database: 'Database of the browser',
        clockAheadSeconds: 'Clock, seconds ahead of ours',
        online: 'Network',
        answerMs: 'Answer of the server, in milliseconds',
        serviceState: 'State of the service',
        userAgent: 'Browser',
        language: 'Language',
        timeZone: 'Time zone',
        screen: 'Screen',
        yes: 'works',
        no: 'does not work',
        open: 'open',
        readOnly: 'read only',
        closed: 'closed',
        code: 'Your code, to be read out to support:',
        noCode: 'The code could not be made: the server did not answer. Read out what stands above.',
        valid: 'It is valid for 24 hours.',
        wrong: 'To be put right',
        cookieHelp: 'Allow cookies for this site.',
        clockHelp: 'Turn on automatic date and time.',
        storageHelp: 'Leave the private window, or allow this site to keep data.',
      }
    : {
        cookies: 'Cookies',
        storage: 'Mémoire du site',
        database: 'Base du navigateur',
        clockAheadSeconds: 'Horloge, avance sur la nôtre en secondes',
        online: 'Réseau',
        answerMs: 'Réponse du serveur, en millisecondes',
        serviceState: 'État du service',
        userAgent: 'Navigateur',
        language: 'Langue',
        timeZone: 'Fuseau horaire',
        screen: 'Écran',
        yes: 'fonctionne',
        no: 'ne fonctionne pas',
        open: 'ouvert',
        readOnly: 'lecture seule',
        closed: 'fermé',
        code: 'Votre code, à lire à l’assistance :',
        noCode: 'Le code n’a pas pu être fait : le serveur n’a pas répondu. Lisez ce qui est écrit ci-dessus.',
        valid: 'Il est valable 24 heures.',
        wrong: 'À corriger',
        cookieHelp: 'Autorisez les cookies pour ce site.',
        clockHelp: 'Activez la date et l’heure automatiques.',
        storageHelp: 'Quittez la fenêtre privée, ou autorisez ce site à garder des données.',
      };

  const hasCookies = () => {
    document.cookie = 'pli-check=1; SameSite=Strict; Path=/aide';
    const isKept = document.cookie.includes('pli-check=1');
    document.cookie = 'pli-check=; SameSite=Strict; Path=/aide; Max-Age=0';
    return isKept;
  };

  const hasStorage = () => {
    try {
      localStorage.setItem('pli.check', '1');
      localStorage.removeItem('pli.check');
      return true;
    } catch {
      return false;
    }
  };

  const hasDatabase = () =>
    new Promise((resolve) => {
      try {
        const request = indexedDB.open('pli-check');
        request.addEventListener('success', () => {
          request.result.close();
          indexedDB.deleteDatabase('pli-check');
          resolve(true);
        });
        request.addEventListener('error', () => resolve(false));
      } catch {
        resolve(false);
      }
    });

  const askServer = async () => {
    const startedAt = performance.now();
    try {
      const response = await fetch('/status.json', { cache: 'no-store' });
      const answerMs = Math.round(performance.now() - startedAt);
      const ours = Date.parse(response.headers.get('date') ?? '');
      const { state } = await response.json();
      const clockAheadSeconds = Number.isNaN(ours) ? 0 : Math.round((Date.now() - ours) / 1000);
      return { online: true, answerMs, clockAheadSeconds, serviceState: String(state) };
    } catch {
      return { online: navigator.onLine };
    }
  };

  const text = (element, content) => {
    const made = document.createElement(element);
    made.textContent = content;
    return made;
  };

  const run = async () => {
    const findings = {
      cookies: hasCookies(),
      storage: hasStorage(),
      database: await hasDatabase(),
      ...(await askServer()),
      userAgent: navigator.userAgent,
      language: navigator.language,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      screen: `${innerWidth} × ${innerHeight}`,
    };
    const shown = document.createElement('dl');
    for (const [name, value] of Object.entries(findings)) {
      const known = name === 'serviceState' ? words[value] : undefined;
      const said = value === true ? words.yes : value === false ? words.no : (known ?? String(value));
      shown.append(text('dt', words[name]), text('dd', said));
    }
    const help = [
      ...(findings.cookies ? [] : [words.cookieHelp]),
      ...(Math.abs(findings.clockAheadSeconds ?? 0) > 300 ? [words.clockHelp] : []),
      ...(findings.storage && findings.database ? [] : [words.storageHelp]),
    ];
    const place = document.getElementById('found');
    if (!place) return;
    place.replaceChildren(shown);
    if (help.length > 0) {
      const list = document.createElement('ul');
      for (const line of help) list.append(text('li', line));
      place.append(text('h2', words.wrong), list);
    }
    try {
      const response = await fetch('/aide/diagnostic', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(findings),
      });
      if (!response.ok) throw new Error(String(response.status));
      const { code } = await response.json();
      const spoken = text('p', code);
      spoken.className = 'code';
      place.append(text('p', words.code), spoken, text('p', words.valid));
    } catch {
      place.append(text('p', words.noCode));
    }
  };
  void run();
})();
