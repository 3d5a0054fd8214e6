import pkcs11js from 'pkcs11js';
import { StationFault } from '../contracts/fault.ts';

/** A PKCS#11 module loaded and initialised in this process. */
export interface Pkcs11Module extends Disposable {
  readonly api: pkcs11js.PKCS11;
}

interface Loaded {
  readonly api: pkcs11js.PKCS11;
  /** SoftHSM's configuration when the module was initialised; it does not look again. */
  readonly configuration: string | undefined;
  users: number;
}

/** A module is initialised once a process, whoever uses it (PKCS#11 2.40, 5.4). */
const loaded = new Map<string, Loaded>();

/**
 * Loads a PKCS#11 module and initialises it; several holders of one module share it, the last one finalises it.
 * SoftHSM reads `SOFTHSM2_CONF` here. Throws `KEY-TOKEN` when it cannot be loaded, or is in use with another configuration.
 */
export function openPkcs11Module(path: string): Pkcs11Module {
  const entry = loaded.get(path) ?? load(path);
  if (entry.configuration !== process.env['SOFTHSM2_CONF']) throw new StationFault('KEY-TOKEN', { note: 'the module is in use with another configuration' });
  entry.users += 1;
  let open = true;
  return {
    api: entry.api,
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      entry.users -= 1;
      if (entry.users > 0) return;
      loaded.delete(path);
      inToken('finalise', () => entry.api.C_Finalize());
    },
  };
}

function load(path: string): Loaded {
  const api = new pkcs11js.PKCS11();
  inToken(`load ${path}`, () => {
    api.load(path);
    api.C_Initialize();
  });
  const entry = { api, configuration: process.env['SOFTHSM2_CONF'], users: 0 };
  loaded.set(path, entry);
  return entry;
}

/** Runs a call of the token and translates its error: `KEY-TOKEN` with the PKCS#11 return value, never with key material. */
export function inToken<T>(act: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof StationFault) throw error;
    const note = error instanceof pkcs11js.Pkcs11Error || error instanceof pkcs11js.NativeError ? `${act}: ${error.message}` : act;
    throw new StationFault('KEY-TOKEN', { note }, error);
  }
}

/** Whether an error is this PKCS#11 return value. */
export function isReturnValue(error: unknown, code: number): boolean {
  return error instanceof pkcs11js.Pkcs11Error && error.code === code;
}
