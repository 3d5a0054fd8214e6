/** Asymmetric keys a PIV card can hold here (SP 800-78-5 table 10). */
export type PivKeyAlgorithm = 'P-256' | 'P-384' | 'RSA-2048' | 'RSA-3072';

/** Ciphers of the card management key 9B (SP 800-78-5 table 10; 3DES is deprecated there and still the factory state of many cards). */
export type ManagementKeyAlgorithm = '3DES' | 'AES-128' | 'AES-192' | 'AES-256';

/** Algorithm identifiers of asymmetric keys (SP 800-78-5 table 10). */
export const keyAlgorithmId: Readonly<Record<PivKeyAlgorithm, number>> = {
  'RSA-3072': 0x05,
  'RSA-2048': 0x07,
  'P-256': 0x11,
  'P-384': 0x14,
};

/** Identifier, key length, block length and the cipher's name in OpenSSL, of each management key algorithm. */
export const managementKeyShape = {
  '3DES': { id: 0x03, keyBytes: 24, blockBytes: 8, cipher: 'des-ede3-ecb' },
  'AES-128': { id: 0x08, keyBytes: 16, blockBytes: 16, cipher: 'aes-128-ecb' },
  'AES-192': { id: 0x0a, keyBytes: 24, blockBytes: 16, cipher: 'aes-192-ecb' },
  'AES-256': { id: 0x0c, keyBytes: 32, blockBytes: 16, cipher: 'aes-256-ecb' },
} as const satisfies Record<ManagementKeyAlgorithm, { id: number; keyBytes: 16 | 24 | 32; blockBytes: number; cipher: string }>;

const keyAlgorithms: readonly PivKeyAlgorithm[] = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072'];
const managementAlgorithms: readonly ManagementKeyAlgorithm[] = ['3DES', 'AES-128', 'AES-192', 'AES-256'];

/** The asymmetric algorithm of an identifier, or null when it is none of ours. */
export function keyAlgorithmOf(id: number): PivKeyAlgorithm | null {
  return keyAlgorithms.find((name) => keyAlgorithmId[name] === id) ?? null;
}

/** The management key algorithm of an identifier, or null. Identifier 00 also means 3DES (SP 800-78-5 table 10). */
export function managementAlgorithmOf(id: number): ManagementKeyAlgorithm | null {
  if (id === 0) return '3DES';
  return managementAlgorithms.find((name) => managementKeyShape[name].id === id) ?? null;
}

/** Key references (SP 800-73-5 part 1 table 4b). */
export const keyReference = {
  pin: 0x80,
  puk: 0x81,
  authentication: 0x9a,
  management: 0x9b,
  signature: 0x9c,
  keyManagement: 0x9d,
  cardAuthentication: 0x9e,
  firstRetired: 0x82,
  lastRetired: 0x95,
} as const;

/** The management key that blanks leave the factory with (Yubico, PivApplet, canokey): 24 bytes, used as 3DES or AES-192. */
export const factoryManagementKeyHex = '010203040506070801020304050607080102030405060708';
