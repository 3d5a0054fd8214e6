/** A data object identifier as upper-case hex of its tag: `5FC102`, `7E`, `7F61`. */
export type ContainerId = string;

/** Who may read an object over an interface: anyone, after the PIN, or nobody (SP 800-73-5 part 1, table 2). */
export type ReadRule = 'always' | 'pin' | 'never';

/** One data object of the PIV data model. Sizes are bytes of its contents, as the standard recommends them. */
export interface Container {
  readonly id: ContainerId;
  readonly name: string;
  readonly maximumBytes: number;
  readonly contact: ReadRule;
  /** Without a virtual contact interface. */
  readonly contactless: ReadRule;
}

/** Identifiers of the objects that this product writes or reads by name. */
export const containerId = {
  ccc: '5FC107',
  chuid: '5FC102',
  certificate9A: '5FC105',
  certificate9C: '5FC10A',
  certificate9D: '5FC10B',
  certificate9E: '5FC101',
  securityObject: '5FC106',
  facialImage: '5FC108',
  printedInformation: '5FC109',
  discovery: '7E',
  keyHistory: '5FC10C',
  biometricGroup: '7F61',
} as const;

/** Slots 82 to 95 keep their certificates in 5FC10D to 5FC120. */
const retiredCertificates: readonly Container[] = Array.from({ length: 20 }, (_, index) => ({
  id: (0x5fc10d + index).toString(16).toUpperCase(),
  name: `retired certificate ${index + 1}`,
  maximumBytes: 1895,
  contact: 'always',
  contactless: 'never',
}));

/** The data model (SP 800-73-5 part 1, tables 2, 3 and 7 onwards). */
export const containers: readonly Container[] = [
  { id: '5FC107', name: 'card capability container', maximumBytes: 170, contact: 'always', contactless: 'never' },
  { id: '5FC102', name: 'card holder unique identifier', maximumBytes: 2881, contact: 'always', contactless: 'always' },
  { id: '5FC105', name: 'certificate 9A', maximumBytes: 1857, contact: 'always', contactless: 'never' },
  { id: '5FC103', name: 'fingerprints', maximumBytes: 4006, contact: 'pin', contactless: 'never' },
  { id: '5FC106', name: 'security object', maximumBytes: 1336, contact: 'always', contactless: 'never' },
  { id: '5FC108', name: 'facial image', maximumBytes: 12710, contact: 'pin', contactless: 'never' },
  { id: '5FC101', name: 'certificate 9E', maximumBytes: 1857, contact: 'always', contactless: 'always' },
  { id: '5FC10A', name: 'certificate 9C', maximumBytes: 1857, contact: 'always', contactless: 'never' },
  { id: '5FC10B', name: 'certificate 9D', maximumBytes: 1857, contact: 'always', contactless: 'never' },
  { id: '5FC109', name: 'printed information', maximumBytes: 245, contact: 'pin', contactless: 'never' },
  { id: '7E', name: 'discovery', maximumBytes: 19, contact: 'always', contactless: 'always' },
  { id: '5FC10C', name: 'key history', maximumBytes: 128, contact: 'always', contactless: 'never' },
  ...retiredCertificates,
  { id: '5FC121', name: 'iris images', maximumBytes: 7106, contact: 'pin', contactless: 'never' },
  { id: '7F61', name: 'biometric information group', maximumBytes: 65, contact: 'always', contactless: 'always' },
  { id: '5FC122', name: 'secure messaging certificate signer', maximumBytes: 2471, contact: 'always', contactless: 'always' },
  { id: '5FC123', name: 'pairing code', maximumBytes: 12, contact: 'pin', contactless: 'never' },
];

/** The object with an identifier, or null when the data model has none. */
export function containerOf(id: ContainerId): Container | null {
  return containers.find((container) => container.id === id) ?? null;
}

/** Whether an object stands by itself in commands and answers, without tag 53 around it (SP 800-73-5 part 2, 3.1.2). */
export function standsAlone(id: ContainerId): boolean {
  return id === containerId.discovery || id === containerId.biometricGroup;
}
