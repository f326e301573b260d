/** How the page looks and which language it speaks: the browser's own unless somebody chose otherwise here. */

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

export function chosenTheme(): Theme {
  const kept = read('theme');
  return themes.find((theme) => theme === kept) ?? 'system';
}

export function chooseTheme(theme: Theme): void {
  write('theme', theme);
  showTheme(theme);
}

/** The style sheet reads it from the root. */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export function chosenLanguage(): Language {
  // Unit tests run where there is no browser.
  const kept = read('language') ?? globalThis.navigator?.language.slice(0, 2);
  return kept === 'de' ? 'de' : 'en';
}

/** Sentences are chosen once, when the page loads. */
export function chooseLanguage(language: Language): void {
  write('language', language);
  location.reload();
}

function read(name: string): string | undefined {
  try {
    return localStorage.getItem(`handrail.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`handrail.${name}`, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
