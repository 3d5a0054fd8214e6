import { StationFault } from '../contracts/fault.ts';
import type { KeyReference } from '../contracts/keys.ts';
import type { Secret } from '../contracts/secret.ts';
import { combineComponents } from './ceremony.ts';
import type { KeyUse } from './key-policy.ts';
import { destroyMasterKey, generateMasterKey, importMasterKey, listMasterKeys, rollMasterKey, type MasterKey } from './master-keys.ts';
import { syncTokenFiles } from './token-files.ts';
import { proveOfficer } from './token-roles.ts';
import { openTokenSession } from './token-session.ts';

/**
 * What the keepers of the master keys do with a token, apart from production. No key material comes out of any of it.
 * Changes of keys need the security officer beside the user: without the officer they throw `KEY-ROLE`.
 */
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

/** The token and who is there; the caller keeps and wipes the PINs. */
export interface KeepersPlace extends TokenPlace {
  /** The security officer's PIN, where keys shall be changed; null to list them only. */
  readonly officerPin: Secret | null;
}

/** Opens a token for its keepers. The officer proves to be there first. Throws `KEY-ROLE` when that fails, `KEY-UNAVAILABLE` when the token is not there, `KEY-TOKEN` when the PIN is refused. */
export async function openKeyAdministration({ modulePath, tokenLabel, pin, officerPin }: KeepersPlace): Promise<KeyAdministration> {
  if (officerPin !== null) proveOfficer({ modulePath, tokenLabel }, officerPin, pin);
  const changing = (): void => {
    if (officerPin === null) throw new StationFault('KEY-ROLE', { note: 'keys are changed with the security officer only' });
  };
  const session = await openTokenSession(modulePath, tokenLabel, pin);
  const described = (key: KeyReference, use: KeyUse): MasterKey => ({ ...key, use, checkValue: session.checkValue(key) });
  return {
    list: () => listMasterKeys(session),
    generate(key, use) {
      changing();
      generateMasterKey(session, key, use);
      syncTokenFiles();
      return described(key, use);
    },
    assemble(key, use, components) {
      changing();
      using value = combineComponents(components);
      importMasterKey(session, key, use, value);
      syncTokenFiles();
      return described(key, use);
    },
    roll(label) {
      changing();
      const next = rollMasterKey(session, label);
      syncTokenFiles();
      return next;
    },
    destroy(key, checkValue) {
      changing();
      destroyMasterKey(session, key, checkValue);
      syncTokenFiles();
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
