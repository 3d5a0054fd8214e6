import { z } from 'zod';
import { scp03Level } from '../../drivers/codec/scp03.ts';
import type { SecureChannelPlan } from '../../drivers/contracts/channel.ts';
import { keyReferenceSchema } from './profile-parts.ts';

const { commandMac, commandEncryption, responseMac, responseEncryption } = scp03Level;

/** Security levels that hide what is sent to the card: PIN and management key are among it. */
const levels = {
  'command MAC and encryption': commandMac | commandEncryption,
  'and response MAC': commandMac | commandEncryption | responseMac,
  'and response encryption': commandMac | commandEncryption | responseMac | responseEncryption,
} as const;

/**
 * The GlobalPlatform secure channel (protocol 03) that the blanks of a delivery want to be personalised through. Keys by
 * reference: the maker's master key, diversified for each card by KDF3, or the pair of keys of the batch.
 */
export const secureChannelSchema = z.strictObject({
  protocol: z.literal('SCP03'),
  keys: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('diversified'), master: keyReferenceSchema }),
    z.strictObject({ kind: z.literal('batch'), enc: keyReferenceSchema, mac: keyReferenceSchema }),
  ]),
  keyBits: z.union([z.literal(128), z.literal(192), z.literal(256)]).default(128),
  /** Version of the card's key set; 0 lets the card choose its first. */
  keyVersion: z.int().min(0).max(127).default(0),
  level: z.enum(['command MAC and encryption', 'and response MAC', 'and response encryption']).default('and response encryption'),
});

export type SecureChannelProfile = z.infer<typeof secureChannelSchema>;

const keyBytes = { 128: 16, 192: 24, 256: 32 } as const;

/** The channel as the encoder opens it. */
export function channelPlan({ keys, keyBits, keyVersion, level }: SecureChannelProfile): SecureChannelPlan {
  return { keys, keyVersion, lengthBytes: keyBytes[keyBits], level: levels[level] };
}

/** Its key references, with their places in the profile. */
export function channelKeys({ keys }: SecureChannelProfile): readonly { readonly field: string; readonly key: z.infer<typeof keyReferenceSchema> }[] {
  if (keys.kind === 'diversified') return [{ field: 'piv.secureChannel.keys.master', key: keys.master }];
  return [{ field: 'piv.secureChannel.keys.enc', key: keys.enc }, { field: 'piv.secureChannel.keys.mac', key: keys.mac }];
}
