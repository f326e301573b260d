/** Every sentence of the page, in one place for each language; the second is held to the first by its type. */
const english = {
  signIn: 'Log in',
  signOut: 'Log out',
  name: 'Name',
  password: 'Password',
  passwordAgain: 'The same again',
  passwordRule: 'At least 12 characters.',
  passwordsDiffer: 'The two are not the same.',
  welcome: (name: string) => `Welcome, ${name}. Choose your password.`,
  setPassword: 'Set the password',
  unreachable: 'The controller cannot be reached.',
  loading: 'One moment…',
  loggedInAs: (name: string, role: string) => `${name}, ${role}`,
} as const;

type Words = {
  readonly [Key in keyof typeof english]: (typeof english)[Key] extends (...args: infer A) => string
    ? (...args: A) => string
    : string;
};

const german: Words = {
  signIn: 'Anmelden',
  signOut: 'Abmelden',
  name: 'Name',
  password: 'Passwort',
  passwordAgain: 'Noch einmal',
  passwordRule: 'Mindestens 12 Zeichen.',
  passwordsDiffer: 'Die beiden sind nicht gleich.',
  welcome: (name) => `Willkommen, ${name}. Wählen Sie Ihr Passwort.`,
  setPassword: 'Passwort setzen',
  unreachable: 'Der Controller ist nicht zu erreichen.',
  loading: 'Einen Moment…',
  loggedInAs: (name, role) => `${name}, ${role}`,
};

/** In the browser's language where we have it. */
export const words: Words = navigator.language.startsWith('de') ? german : english;
