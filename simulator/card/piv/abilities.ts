import type { ManagementKeyAlgorithm, PivKeyAlgorithm } from '../../../drivers/codec/piv-algorithms.ts';
import type { Scp03KeyBytes } from '../../../drivers/codec/scp03-keys.ts';
import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';

/** What one make of PIV card can do, and how it answers where the standard leaves a choice. Pure data. */
export interface PivAbilities {
  readonly name: string;
  /** The application label (tag 50) in the answer to SELECT, or null. */
  readonly label: string | null;
  /** Answer to GET VERSION, three bytes. */
  readonly version: readonly [number, number, number];
  /** Instructions beyond the standard that it knows. */
  readonly extensions: readonly number[];
  readonly keyAlgorithms: readonly PivKeyAlgorithm[];
  readonly managementAlgorithms: readonly ManagementKeyAlgorithm[];
  readonly factoryManagementAlgorithm: '3DES' | 'AES-192';
  readonly pinTries: number;
  readonly pukTries: number;
  /** Objects that are there from the factory, hex of their contents. */
  readonly factoryObjects: Readonly<Record<string, string>>;
  /** Objects that PUT DATA may not replace. */
  readonly fixedObjects: readonly string[];
  /** The longest command, chained or extended, that its buffer takes. */
  readonly maximumCommandBytes: number;
  /** The answer for a key that was never made. */
  readonly missingKeySw: number;
  /** The answer when PIV has not been selected. */
  readonly notSelectedSw: number;
  /** Whether a chained command without authority is refused at its first link, or only at its last. */
  readonly refusesOnFirstLink: boolean;
  /** Whether key 9C wants the PIN anew for every signature (cards.md 2.1: canokey does not). */
  readonly signaturePinEveryTime: boolean;
  /** Answers to reset, hex. Not 3B80800101, which OpenSC 0.23 takes for another card (cards.md 4). */
  readonly contactAtr: string;
  readonly contactlessAtr: string;
  /** The channel that it wants to be personalised through, or null. */
  readonly secureChannel: ChannelAbility | null;
  /** Whether CHANGE REFERENCE DATA replaces its management key, through the channel (as OpenFIPS201 does). */
  readonly replacesKeyByReference: boolean;
}

/** A secure channel, protocol 03. Its keys are the maker's master key diversified by KDF3, or the same in the whole batch. */
export interface ChannelAbility {
  readonly keys: 'diversified' | 'batch';
  /** Hex: the maker's master key; for a batch both keys of it. */
  readonly masterKey: string;
  readonly keyVersion: number;
  readonly lengthBytes: Scp03KeyBytes;
  readonly tries: number;
}

const allExtensions = Object.values(extensionInstruction);
const discoveryApplicationPin = '7E124F0BA0000003080000100001005F2F024000';
const discoveryPrimaryPin = '7E124F0BA0000003080000100001005F2F024010';

/** T=1 over contact with eight historical bytes of our own; contactless as PC/SC part 3 makes it from an ATS. */
const ownAtrs = {
  contactAtr: '3BF81300008131FE154B6F727450495631EC',
  contactlessAtr: '3B8880014B6F72745049563155',
} as const;

/** The blank of the simulated bench: standard abilities with every extension. */
export const standardBlank: PivAbilities = {
  name: 'standard',
  label: null,
  version: [5, 4, 3],
  extensions: allExtensions,
  keyAlgorithms: ['P-256', 'P-384', 'RSA-2048', 'RSA-3072'],
  managementAlgorithms: ['3DES', 'AES-128', 'AES-192', 'AES-256'],
  factoryManagementAlgorithm: '3DES',
  pinTries: 3,
  pukTries: 3,
  factoryObjects: { '7E': discoveryApplicationPin },
  fixedObjects: [],
  maximumCommandBytes: 16384,
  missingKeySw: statusWord.referenceDataNotFound,
  notSelectedSw: statusWord.commandNotAllowed,
  refusesOnFirstLink: true,
  signaturePinEveryTime: true,
  ...ownAtrs,
  secureChannel: null,
  replacesKeyByReference: false,
};

/** Answers as PivApplet 0.9.0 does in its transcript. */
export const pivAppletLike: PivAbilities = {
  ...standardBlank,
  name: 'pivapplet',
  label: 'PivApplet v0.9.0/RExaD_Pg',
  version: [5, 4, 0],
  keyAlgorithms: ['P-256', 'P-384', 'RSA-2048'],
  pinTries: 5,
  pukTries: 3,
  factoryObjects: {
    '7E': discoveryApplicationPin,
    '5FC10C': 'C10100C20100FE00',
    '5FC107': 'F015A000000116FF022AA2AB70039C5510DDF06420ECEBF10121F20121F300F400F50110F600F700FA00FB00FC00FD00FE00',
    '5FC102': '30190000000000000000000000000000000000000000000000000034106C5544797A91115DC3330EBD003851D2350832303530303130313E00FE00',
  },
};

/** Answers as canokey-core does in its transcript: smaller buffers, no AES-192 or AES-256 for 9B, late refusals. */
export const canokeyLike: PivAbilities = {
  ...standardBlank,
  name: 'canokey',
  version: [5, 7, 0],
  keyAlgorithms: ['P-256', 'P-384', 'RSA-2048', 'RSA-3072'],
  managementAlgorithms: ['3DES', 'AES-128', 'AES-192', 'AES-256'],
  factoryObjects: { '7E': discoveryPrimaryPin },
  fixedObjects: ['7E'],
  maximumCommandBytes: 1856,
  notSelectedSw: statusWord.conditionsNotSatisfied,
  refusesOnFirstLink: false,
  signaturePinEveryTime: false,
};

/** Without any extension: only what SP 800-73-5 says, which cannot change its management key by a standard command. */
export const plainStandard: PivAbilities = { ...standardBlank, name: 'plain', extensions: [] };

/** The master key of the simulated maker: a key that everybody knows, as on cards for tests. */
export const simulatedChannelMaster = '404142434445464748494A4B4C4D4E4F';

/** A blank that takes orders through a secure channel only. */
export const channelBlank: PivAbilities = { ...standardBlank, name: 'channel', secureChannel: { keys: 'diversified', masterKey: simulatedChannelMaster, keyVersion: 0x30, lengthBytes: 16, tries: 10 } };

/** The same without Yubico's extensions: its management key is replaced by CHANGE REFERENCE DATA, as OpenFIPS201 does. */
export const plainChannelBlank: PivAbilities = { ...channelBlank, name: 'plain-channel', extensions: [], replacesKeyByReference: true };

/** The abilities by their name in a snapshot. */
export const abilitiesByName: Readonly<Record<string, PivAbilities>> = {
  standard: standardBlank,
  pivapplet: pivAppletLike,
  canokey: canokeyLike,
  plain: plainStandard,
  channel: channelBlank,
  'plain-channel': plainChannelBlank,
};
