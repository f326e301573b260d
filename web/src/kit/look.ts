import { remember, remembered } from './remembered.js';

/** How the page looks and which language it speaks: the browser's own unless somebody chose otherwise here. */

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

export function chosenTheme(): Theme {
  const kept = remembered('theme');
  return themes.find((theme) => theme === kept) ?? 'system';
}

export function chooseTheme(theme: Theme): void {
  remember('theme', theme);
  showTheme(theme);
}

/** The style sheet reads it from the root. */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export function chosenLanguage(): Language {
  // Unit tests run where there is no browser.
  const kept = remembered('language') ?? globalThis.navigator?.language.slice(0, 2);
  return kept === 'de' ? 'de' : 'en';
}

/** Sentences are chosen once, when the page loads. */
export function chooseLanguage(language: Language): void {
  remember('language', language);
  location.reload();
}
