const firstNames = (
  'Alice Bruno Carla Dmitri Elena Farid Grace Hector Ingrid Jamal Karin Luis Mina Nadia Oscar Priya Quentin Rosa Samuel ' +
  'Tessa Umar Vera Walter Ximena Yusuf Zoe Anton Bella Cyrus Dalia Emil Fiona Gustav Hanna Ivan Julia Kenji Leila Marco Nora'
).split(' ');
const beginnings = 'Ander Baum Carl Dor Ell Fitz Gar Hol Iver Jon'.split(' ');
const endings = 'son berg well mann ton field'.split(' ');

/** So many different names of people. */
export function directoryNames(count: number): readonly string[] {
  const families = beginnings.flatMap((beginning) => endings.map((ending) => `${beginning}${ending}`));
  return families.flatMap((family) => firstNames.map((first) => `${first} ${family}`)).slice(0, count);
}
