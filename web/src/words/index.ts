import { chosenLanguage } from '../kit/look.js';
import { english, type Language } from './english.js';
import { german } from './german.js';

const language: Language = { en: english, de: german }[chosenLanguage()];

/** Every sentence of the page, in the language that was chosen; else the browser's where we have it. */
export const { words } = language;
export const {
  breakers: breakerWords,
  callbacks: callbackWords,
  canaryEnds: canaryEndWords,
  choices: choiceWords,
  days: dayWords,
  endings: endingWords,
  fallbacks: fallbackWords,
  fields: fieldWords,
  figures: figureWords,
  kindHints,
  kinds: kindWords,
  listening: listeningWords,
  modes: modeWords,
  outcomes: outcomeWords,
  partStates,
  prompts: promptWords,
  services: serviceWords,
  shortcuts: shortcutWords,
  signOn: signOnWords,
} = language;
