import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { childValue, encodeNested, encodeTlv, type Tlv } from '../../../drivers/codec/ber-tlv.ts';
import { managementAlgorithmOf, managementKeyShape } from '../../../drivers/codec/piv-algorithms.ts';
import { authenticationTag } from '../../../drivers/codec/piv-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { status, success, type Answer, type PivContext } from './context.ts';
import { fromHex } from './memory.ts';

/**
 * GENERAL AUTHENTICATE with the management key 9B: mutual (witness, then challenge) or of the host alone (challenge,
 * then response), SP 800-73-5 part 2, 3.2.4 and A.1. Each half that was begun serves once.
 */
export function authenticateManagement(context: PivContext, algorithmId: number, fields: readonly Tlv[]): Answer {
  if (managementAlgorithmOf(algorithmId) !== context.memory.management.algorithm) return status(statusWord.wrongParameters);
  const pending = context.volatile.pending;
  context.volatile.pending = null;
  const witness = childValue(fields, authenticationTag.witness);
  const challenge = childValue(fields, authenticationTag.challenge);
  const response = childValue(fields, authenticationTag.response);
  if (witness?.length === 0) return giveWitness(context);
  if (witness !== null && challenge !== null) return checkWitness(context, pending, witness, challenge);
  if (challenge?.length === 0) return giveChallenge(context);
  if (response !== null && response.length > 0) return checkResponse(context, pending, response);
  return status(statusWord.wrongData);
}

function giveWitness(context: PivContext): Answer {
  const plain = context.random(blockBytes(context));
  context.volatile.pending = { kind: 'witness', plain };
  return field(authenticationTag.witness, encrypt(context, plain));
}

function checkWitness(context: PivContext, pending: PivContext['volatile']['pending'], witness: Uint8Array, challenge: Uint8Array): Answer {
  if (challenge.length !== blockBytes(context)) return status(statusWord.wrongData);
  if (pending?.kind !== 'witness' || !same(pending.plain, witness)) return refuse(context);
  context.volatile.managementAuthenticated = true;
  return field(authenticationTag.response, encrypt(context, challenge));
}

function giveChallenge(context: PivContext): Answer {
  const plain = context.random(blockBytes(context));
  context.volatile.pending = { kind: 'challenge', plain };
  return field(authenticationTag.challenge, plain);
}

function checkResponse(context: PivContext, pending: PivContext['volatile']['pending'], response: Uint8Array): Answer {
  if (pending?.kind !== 'challenge' || !same(encrypt(context, pending.plain), response)) return refuse(context);
  context.volatile.managementAuthenticated = true;
  return success();
}

function refuse(context: PivContext): Answer {
  context.volatile.managementAuthenticated = false;
  return status(statusWord.securityNotSatisfied);
}

function field(tag: number, value: Uint8Array): Answer {
  return success(encodeNested(0x7c, encodeTlv(tag, value)));
}

function blockBytes({ memory }: PivContext): number {
  return managementKeyShape[memory.management.algorithm].blockBytes;
}

function encrypt({ memory }: PivContext, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(managementKeyShape[memory.management.algorithm].cipher, fromHex(memory.management.key), null).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]));
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
