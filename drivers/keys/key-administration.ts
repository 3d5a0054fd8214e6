import type { KeyReference } from '../contracts/keys.ts';
import type { Secret } from '../contracts/secret.ts';
import { combineComponents } from './ceremony.ts';
import type { KeyUse } from './key-policy.ts';
import { destroyMasterKey, generateMasterKey, importMasterKey, listMasterKeys, rollMasterKey, type MasterKey } from './master-keys.ts';
import { openTokenSession } from './token-session.ts';

/** What the keepers of the master keys do with a token, apart from production. No key material comes out of any of it. */
export interface KeyAdministration extends AsyncDisposable {
  /** Every master key with its check value. */
  list(): readonly MasterKey[];
  /** Makes a key inside the token that nobody has ever seen. Throws `KEY-TOKEN` when label and version are taken. */
  generate(key: KeyReference, use: KeyUse): MasterKey;
  /** Makes a key of the components of at least two holders. Throws `KEY-COMPONENT`, `KEY-TOKEN`. */
  assemble(key: KeyReference, use: KeyUse, components: readonly Secret[]): MasterKey;
  /** Makes the next version of a key. Throws `KEY-UNAVAILABLE`. */
  roll(label: string): MasterKey;
  /** Destroys a version for ever; its check value confirms which. Throws `KEY-UNAVAILABLE`, `KEY-TOKEN`. */
  destroy(key: KeyReference, checkValue: string): void;
}

/** Where the token is. The caller keeps and wipes the PIN. */
export interface TokenPlace {
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pin: Secret;
}

/** Opens a token for its keepers. Throws `KEY-UNAVAILABLE` when it is not there, `KEY-TOKEN` when the PIN is refused. */
export async function openKeyAdministration({ modulePath, tokenLabel, pin }: TokenPlace): Promise<KeyAdministration> {
  const session = await openTokenSession(modulePath, tokenLabel, pin);
  const described = (key: KeyReference, use: KeyUse): MasterKey => ({ ...key, use, checkValue: session.checkValue(key) });
  return {
    list: () => listMasterKeys(session),
    generate(key, use) {
      generateMasterKey(session, key, use);
      return described(key, use);
    },
    assemble(key, use, components) {
      using value = combineComponents(components);
      importMasterKey(session, key, use, value);
      return described(key, use);
    },
    roll: (label) => rollMasterKey(session, label),
    destroy: (key, checkValue) => destroyMasterKey(session, key, checkValue),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
