import type { Finding } from '../../drivers/contracts/finding.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';

/**
 * Looks for a PIN in the texts of a letter, whole or parted by single spaces, hyphens or dots, and gives `KEY-PIN-IN-LETTER` when it is there
 * (domain rule R36). `pin` holds ASCII digits; neither it nor the text around it leaves this function.
 */
export function checkLetterForPin(texts: readonly string[], pin: Secret): readonly Finding[] {
  const found = pin.use((bytes) => texts.some((text) => holdsDigits(text, Buffer.from(bytes).toString('latin1'))));
  return found ? [{ code: 'KEY-PIN-IN-LETTER', field: 'letter' }] : [];
}

function holdsDigits(text: string, digits: string): boolean {
  const runs = text.normalize('NFKC').match(/\d+(?:[ .\-\u2010-\u2013]\d+)*/g) ?? [];
  return runs.some((run) => {
    const groups = run.split(/\D/);
    return groups.some((_, from) => groups.some((__, to) => to >= from && groups.slice(from, to + 1).join('') === digits));
  });
}
