import { aesCmac } from '../../drivers/codec/aes-cmac.ts';
import type { CommandApdu } from '../../drivers/codec/apdu.ts';
import { keyReference } from '../../drivers/codec/piv-algorithms.ts';
import { pivInstruction } from '../../drivers/codec/piv-apdu.ts';
import { pivAid } from '../../drivers/codec/piv-discovery.ts';
import { extensionInstruction } from '../../drivers/codec/piv-extension-apdu.ts';
import { assembleScp03Key, kdf3Messages } from '../../drivers/codec/scp03-keys.ts';
import { SecurityDomain } from './security-domain.ts';
import type { PivContext } from './piv/context.ts';
import { fromHex } from './piv/memory.ts';

const diversificationBytes = 10;
/** What changes the card beyond its PIN and PUK. */
const administrative: ReadonlySet<number> = new Set([
  pivInstruction.putData, pivInstruction.generateKeyPair, extensionInstruction.importKey, extensionInstruction.setManagementKey, extensionInstruction.setRetries,
]);

/** The security domain before the applet, for a card that wants one; null otherwise. Its tries are kept with the card. */
export function channelDomain({ abilities, memory, save }: PivContext, uid: Uint8Array, inner: { transmit(command: Uint8Array): Uint8Array }): SecurityDomain | null {
  if (abilities.secureChannel === null) return null;
  const { keys, masterKey, keyVersion, lengthBytes, tries } = abilities.secureChannel;
  const diversification = new Uint8Array(diversificationBytes);
  diversification.set(uid.subarray(0, diversificationBytes));
  const master = fromHex(masterKey);
  const own = (key: 'enc' | 'mac'): Uint8Array => assembleScp03Key(kdf3Messages(key, diversification, lengthBytes).map((message) => aesCmac(master, message)), lengthBytes);
  return new SecurityDomain({
    keys: keys === 'batch' ? { enc: master, mac: master } : { enc: own('enc'), mac: own('mac') }, keyVersion, diversification, aid: pivAid, inner, isGuarded,
    tries: {
      get left() { return memory.channelTriesLeft ?? tries; },
      set left(value) {
        memory.channelTriesLeft = value;
        save();
      },
    },
  });
}

function isGuarded({ ins, p2 }: CommandApdu): boolean {
  return administrative.has(ins) || (ins === pivInstruction.changeReferenceData && p2 === keyReference.management);
}
