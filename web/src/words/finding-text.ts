import { chosenLanguage } from '../kit/look.js';
import { germanFindings, germanThings } from './findings-german.js';
import { translator, type Translate } from './translate.js';

/** What the lint says, in the language of the page. */
export const findingText: Translate = {
  en: (sentence: string) => sentence,
  de: translator({ ...germanFindings, ...germanThings }),
}[chosenLanguage()];
