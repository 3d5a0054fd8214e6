import type { PrinterDescription } from '../../drivers/contracts/printer.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import { profileName } from '../../queue/profile/card-profile.ts';
import { cardProfileOf, sectorProfileOf, type ProfileSet } from '../../queue/profile/profile-set.ts';
import type { AbilityWord } from '../../queue/stations/abilities.ts';

/** Kinds of blanks by what is in them. */
export const blankKinds = ['mifare+piv', 'piv'] as const;

export type LoadedBlank = (typeof blankKinds)[number];

/** What a bench is and has in it, as far as it decides which cards can be made there. */
export interface BenchAbilities {
  readonly printer: Pick<PrinterDescription, 'colour' | 'duplex'>;
  readonly magnetic: boolean;
  /** The ribbon as the printer names it; null where it does not tell. */
  readonly ribbon: string | null;
  readonly contactless: boolean;
  readonly contact: boolean;
  readonly blanks: readonly LoadedBlank[];
}

/** A ribbon of black and overlay alone, in the names that printers have for it. */
const blackRibbon = /^(?:rm_)?k(?:o|black)?$|mono/i;

/** What a station can do: the profiles approved there and what its bench has. */
export function abilitiesOf({ cards, sectors }: ProfileSet, bench: BenchAbilities): readonly AbilityWord[] {
  const approved = (profiles: readonly { readonly id: string; readonly version: number; readonly release: { readonly approved: boolean } }[]): readonly string[] =>
    profiles.filter(({ release }) => release.approved).map(profileName);
  const colour = bench.printer.colour && (bench.ribbon === null || !blackRibbon.test(bench.ribbon));
  return [
    ...approved(cards).map((name): AbilityWord => `profile:${name}`),
    ...approved(sectors).map((name): AbilityWord => `sectors:${name}`),
    ...bench.blanks.map((kind): AbilityWord => `blank:${kind}`),
    ...given(bench.contactless, 'chip:contactless'),
    ...given(bench.contact, 'chip:contact'),
    ...given(colour, 'print:colour'),
    ...given(bench.printer.duplex, 'print:duplex'),
    ...given(bench.magnetic, 'print:magnetic'),
  ];
}

/** What an order needs of a station. A profile that is not approved here is named as it was asked for. */
export function needOf({ card, company }: Pick<Order, 'card' | 'company'>, profiles: ProfileSet): readonly AbilityWord[] {
  const profile = cardProfileOf(card, profiles);
  const sectors = sectorProfileOf(company, profiles);
  const sectorsNamed = sectors === null ? company.sectorProfileId : profileName(sectors);
  return [
    `profile:${profile === null ? (card.profileId ?? card.technologyProfile) : profileName(profile)}`,
    ...(sectorsNamed === undefined ? [] : [`sectors:${sectorsNamed}` as const]),
    `blank:${card.technologyProfile === 'PIVC' ? 'piv' : 'mifare+piv'}`,
    'chip:contactless',
    'chip:contact',
    ...given(profile?.greyPhoto !== true, 'print:colour'),
    'print:duplex',
    ...given(profile?.magnetic !== undefined, 'print:magnetic'),
  ];
}

function given(is: boolean, word: AbilityWord): readonly AbilityWord[] {
  return is ? [word] : [];
}
