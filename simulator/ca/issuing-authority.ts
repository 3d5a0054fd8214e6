import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Name as AsnName } from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { requestedProfile, profileExtensions, type CertificateProfileName } from './certificate-profile.ts';
import type { EnrolmentRequest } from './enrolment-request.ts';
import { randomSerial, type AuthorityIdentities } from './identities.ts';
import type { IssuedLog, IssuedRecord } from './issued-log.ts';
import { authorityAlgorithm } from './key-pairs.ts';

const dayMs = 86_400_000;

export type Renewal =
  | { readonly kind: 'issued'; readonly certificate: x509.X509Certificate }
  | { readonly kind: 'unknown-subject' };

/** The part of the authority that decides what stands in a certificate, signs it and keeps the account. */
export class IssuingAuthority {
  readonly #identities: AuthorityIdentities;
  readonly #log: IssuedLog;
  readonly #clock: Clock;
  readonly #validityDays: number;

  constructor(identities: AuthorityIdentities, log: IssuedLog, clock: Clock, validityDays: number) {
    this.#identities = identities;
    this.#log = log;
    this.#clock = clock;
    this.#validityDays = validityDays;
  }

  /** Signs a first certificate for a card's key. */
  async issue(request: EnrolmentRequest): Promise<x509.X509Certificate> {
    return this.#sign(request, requestedProfile(request));
  }

  /** Signs again for a subject and alternative name that were certified before, or for the station itself (RFC 7030 section 4.2.2). */
  async renew(request: EnrolmentRequest): Promise<Renewal> {
    // Compared as text: the same name may be encoded in another kind of string.
    if (request.subjectText === this.#identities.station.subject) return { kind: 'issued', certificate: await this.#sign(request, 'station') };
    const alternativeNameDer = request.alternativeName?.toString('base64') ?? '';
    const known = this.#log.all().find((record) => record.subject === request.subjectText && record.alternativeNameDer === alternativeNameDer);
    if (known === undefined) return { kind: 'unknown-subject' };
    return { kind: 'issued', certificate: await this.#sign(request, known.profile) };
  }

  async #sign(request: EnrolmentRequest, profile: CertificateProfileName): Promise<x509.X509Certificate> {
    const { issuing, issuingKey } = this.#identities;
    const notBefore = new Date(Math.floor(this.#clock.now() / 1000) * 1000);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: randomSerial(),
      subject: new x509.Name(AsnConvert.parse(request.subject, AsnName)),
      issuer: issuing.subjectName,
      notBefore,
      notAfter: this.#endOfValidity(notBefore, request.notAfter),
      signingAlgorithm: authorityAlgorithm,
      publicKey: request.publicKey,
      signingKey: issuingKey,
      extensions: [
        ...profileExtensions(profile, request),
        await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(issuing.publicKey),
      ],
    });
    await this.#log.add(await recordOf(certificate, profile, request));
    return certificate;
  }

  /** The wanted end when it is sooner, and never later than the issuing certificate itself. */
  #endOfValidity(notBefore: Date, wanted: Date | undefined): Date {
    const ends = [notBefore.getTime() + this.#validityDays * dayMs, this.#identities.issuing.notAfter.getTime()];
    if (wanted !== undefined && wanted > notBefore) ends.push(wanted.getTime());
    return new Date(Math.min(...ends));
  }
}

async function recordOf(certificate: x509.X509Certificate, profile: CertificateProfileName, request: EnrolmentRequest): Promise<IssuedRecord> {
  return {
    serial: certificate.serialNumber,
    profile,
    subject: request.subjectText,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    publicKeySha256: createHash('sha256').update(request.publicKey).digest('hex'),
    subjectKeyId: Buffer.from(await certificate.publicKey.getKeyIdentifier()).toString('hex'),
    alternativeNameDer: request.alternativeName?.toString('base64') ?? '',
    certificate: certificate.toString('base64'),
  };
}
