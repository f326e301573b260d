/** Nobody has written an answer to them in the café's flow. */
export const cafeQuestions: readonly string[] = [
  'Why do people like the smell of coffee?',
  'What makes a good cup of coffee?',
  'What goes well together with a cappuccino?',
  'Why is espresso so strong?',
  'How is decaf coffee made?',
  'Can you tell me what a flat white is?',
  'What is the best way to store coffee at home?',
  'Why does coffee keep people awake?',
];
