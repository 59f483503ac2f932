// Types of actions by the phase of a case to which they belong: the page colours them so, and always names them too.

const PHASES = {
  inquiry: ["Investigation", "Search", "Seizure", "Summons", "Warrant"],
  custody: ["Arrest", "Detention", "Bail", "Release", "Restriction", "Extradition"],
  court: ["Charge", "Lawsuit", "Trial", "Appeal"],
  outcome: ["Conviction", "Acquittal", "Sentence", "Fine", "Pardon", "Execution"],
  sanction: ["Sanction", "Ban"],
};
const OF = new Map(Object.entries(PHASES).flatMap(([phase, types]) => types.map((type) => [type, phase])));

export const NAMES = Object.keys(PHASES);

export function phase(type) {
  return OF.get(type) ?? "sanction";
}
