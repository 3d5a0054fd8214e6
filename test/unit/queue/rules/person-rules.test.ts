import { changed, exampleOrder } from '../../../support/orders/example-order.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { bad, good, section } from '../../../support/orders/rule-cases.ts';
import type { Order } from '../../../../queue/order/order-schema.ts';

const foreign = (nationality: string, value: string, rest: Partial<Order['holder']> = {}): Order =>
  section('holder', { nationality, identity: { type: 'FOREIGN', value, country: nationality }, dateOfBirth: '1985-01-01', documents: ['A1'], ...rest });
const number = (type: 'PERSONNUMMER' | 'SAMORDNINGSNUMMER', value: string, nationality = 'SE'): Order => section('holder', { identity: { type, value }, nationality });
const at = (day: string): number => Date.parse(`${day}T09:00:00Z`);

describeRule('R14', [
  good('a personal number'),
  good('a samordningsnummer', number('SAMORDNINGSNUMMER', '197302889931', 'PL')),
  good('a foreign number with a birth date', foreign('LT', '38501010002')),
  good('13 years old today', exampleOrder(), { now: at('2013-03-01') }),
  bad('13 years old tomorrow', ['PER-NUMBER-INVALID holder.identity.value'], exampleOrder(), { now: at('2013-02-28') }),
  bad('a wrong check digit', ['PER-NUMBER-INVALID holder.identity.value'], number('PERSONNUMMER', '700428-9895')),
  bad('a day that does not exist', ['PER-NUMBER-INVALID holder.identity.value'], number('PERSONNUMMER', '20010229-2390')),
  bad('an interim number', ['PER-NUMBER-INVALID holder.identity.value'], number('PERSONNUMMER', '20000101T220')),
  bad('a birth date to come', ['PER-NUMBER-INVALID holder.identity.value'], number('PERSONNUMMER', '209912312387')),
  bad('a samordningsnummer called personnummer', ['PER-NUMBER-INVALID holder.identity.value'], number('PERSONNUMMER', '197302889931')),
  bad('a personnummer called samordningsnummer', ['PER-NUMBER-INVALID holder.identity.value'], number('SAMORDNINGSNUMMER', '200002292399', 'PL')),
  bad('117 years old', ['PER-NUMBER-INVALID holder.identity.value'], number('PERSONNUMMER', '190905271474')),
  bad('5 years old', ['PER-NUMBER-INVALID holder.identity.value'], number('SAMORDNINGSNUMMER', '202107919967', 'PL')),
  bad('a foreigner too young', ['PER-NUMBER-INVALID holder.dateOfBirth'], foreign('LT', '51501010002', { dateOfBirth: '2015-01-01' })),
  bad('a foreign number without birth date', ['ORD-MISSING holder.dateOfBirth'], foreign('LT', '38501010002', { dateOfBirth: undefined })),
]);

describeRule('R15', [
  good('a Swede with a personnummer'),
  good('a Pole with a personnummer', number('PERSONNUMMER', '200002292399', 'PL')),
  good('a Lithuanian number', foreign('LT', '38501010002')),
  good('a country without a known format', foreign('BR', '123.456.789-09')),
  bad('a Swede with a foreign number', ['PER-NATIONALITY-MISMATCH holder.identity.type'], section('holder', { identity: { type: 'FOREIGN', value: '38501010002', country: 'LT' }, nationality: 'SE' })),
  bad('a number of another country', ['PER-NATIONALITY-MISMATCH holder.identity.country'], section('holder', { identity: { type: 'FOREIGN', value: '38501010002', country: 'LT' }, nationality: 'PL' })),
  bad('a number of another shape', ['PER-NATIONALITY-MISMATCH holder.identity.value'], foreign('PL', '1234567890')),
  bad('a Swedish number of another country', ['PER-NATIONALITY-MISMATCH holder.identity.country'], section('holder', { identity: { type: 'PERSONNUMMER', value: '200002292399', country: 'NO' } })),
  bad('no such nationality', ['PER-NATIONALITY-MISMATCH holder.nationality'], number('PERSONNUMMER', '200002292399', 'ZZ')),
  bad('a foreign number without country', ['ORD-MISSING holder.identity.country'], section('holder', { identity: { type: 'FOREIGN', value: '38501010002' }, nationality: 'LT' })),
]);

const verified = (verifiedName: string | undefined): Order => section('holder', { identification: { method: 'PASSPORT', verifiedName, verifiedAt: '2026-09-14T07:25:00Z' } });

describeRule('R16', [
  good('the same name in capitals'),
  good('no name reported', verified(undefined)),
  good('more blanks and a decomposed letter', verified(' A\u030ake   Sjo\u0308stro\u0308m ')),
  bad('another spelling', ['PER-NAME-MISMATCH holder.identification.verifiedName'], verified('Åke Sjöstrom')),
  bad('another order of names', ['PER-NAME-MISMATCH holder.identification.verifiedName'], verified('Sjöström Åke')),
  bad('a further given name', ['PER-NAME-MISMATCH holder.identification.verifiedName'], verified('Åke Nils Sjöström')),
]);

describeRule('R17', [
  good('both'),
  good('no mobile with BankID', section('holder', { mobile: undefined, identification: { method: 'BANKID', verifiedAt: '2026-09-14T07:25:00Z' } })),
  bad('no e-mail', ['PER-CONTACT-MISSING holder.email'], section('holder', { email: undefined })),
  bad('an e-mail that is none', ['PER-CONTACT-MISSING holder.email'], section('holder', { email: 'ake' })),
  bad('no mobile with a passport', ['PER-CONTACT-MISSING holder.mobile'], section('holder', { mobile: undefined })),
  bad('neither', ['PER-CONTACT-MISSING holder.email', 'PER-CONTACT-MISSING holder.mobile'], section('holder', { email: undefined, mobile: 'none' })),
]);

const identified = (method: 'BANKID' | 'EID' | 'PASSPORT', orderedAt: string): Order =>
  changed((order) => ({ orderedAt, holder: { ...order.holder, identification: { method, verifiedAt: orderedAt } } }));

describeRule('R44', [
  good('passport'),
  good('BankID, ordered before 2026-01-28', identified('BANKID', '2026-01-27T12:00:00Z')),
  bad('BankID, ordered on 2026-01-28', ['PER-ID-DOCUMENT holder.identification.method'], identified('BANKID', '2026-01-28T12:00:00Z')),
  bad('ordered before the table begins', ['PER-ID-DOCUMENT holder.identification.method'], identified('PASSPORT', '2018-09-30T12:00:00Z')),
  bad('not identified', ['PER-ID-DOCUMENT holder.identification'], section('holder', { identification: undefined })),
]);

describeRule('R45', [
  good('a Swede needs none'),
  good('an EU citizen with a samordningsnummer needs none', number('SAMORDNINGSNUMMER', '197302889931', 'PL')),
  good('an EU citizen with a foreign number and A1', foreign('LT', '38501010002')),
  good('a third-country citizen with a permit', section('holder', { identity: { type: 'SAMORDNINGSNUMMER', value: '197904739997' }, nationality: 'UA', documents: ['OTHER', 'RESIDENCE_PERMIT'] })),
  bad('an EU citizen without A1', ['PER-DOCUMENT-MISSING holder.documents'], foreign('LT', '38501010002', { documents: ['WORK_PERMIT'] })),
  bad('a third-country citizen without permit', ['PER-DOCUMENT-MISSING holder.documents'], number('SAMORDNINGSNUMMER', '197904739997', 'UA')),
]);
