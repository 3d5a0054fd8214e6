/** Tracks of a magnetic stripe: 1 letters and digits, 2 and 3 digits (ISO/IEC 7811-2). */
export type TrackNumber = 1 | 2 | 3;

export const trackNumbers: readonly TrackNumber[] = [1, 2, 3];

/** Characters a track takes beside its sentinels and check character, and how many. Sentinels are the printer's business. */
const tracks: Readonly<Record<TrackNumber, { readonly longest: number; readonly characters: RegExp }>> = {
  1: { longest: 76, characters: /^[ -$&->@-_]*$/ },
  2: { longest: 37, characters: /^[0-9:<=>]*$/ },
  3: { longest: 104, characters: /^[0-9:<=>]*$/ },
};

/** Why a text cannot stand on a track, or null when it can. */
export function trackTrouble(track: TrackNumber, text: string): 'empty' | 'too-long' | 'characters' | null {
  const { longest, characters } = tracks[track];
  if (text === '') return 'empty';
  if (text.length > longest) return 'too-long';
  return characters.test(text) ? null : 'characters';
}
