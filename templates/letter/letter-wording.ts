/** The sentences of the activation letter in one language. Each is a function of what the letter may say, and of nothing else. */
export interface LetterWording {
  readonly heading: string;
  readonly greeting: (holder: string, company: string) => string;
  readonly numberLabel: string;
  readonly validLabel: string;
  readonly stepsHeading: string;
  readonly steps: (portal: string, cardNumber: string) => readonly string[];
  readonly closing: string;
}

export const swedishWording: LetterWording = {
  heading: 'Ditt ID06-kort är här',
  greeting: (holder, company) => `Hej ${holder}! Kortet gäller för ditt arbete hos ${company}. Det börjar fungera först när du själv har aktiverat det.`,
  numberLabel: 'Kortnummer',
  validLabel: 'Giltigt till och med',
  stepsHeading: 'Så aktiverar du kortet',
  steps: (portal, cardNumber) => [
    `Logga in på ${portal} och öppna fliken med dina kort.`,
    `Välj att aktivera kort och skriv numret med bindestreck, precis som det står på kortet: ${cardNumber}.`,
    'Koden till kortet visas bara i portalen, när du är inloggad. Den skickas aldrig med post.',
    'Kontrollera namn, företag och foto. Stämmer något inte: aktivera inte kortet, utan säg till den som beställde det.',
  ],
  closing: 'Bär kortet väl synligt på arbetsplatsen. Ett förlorat kort spärras i portalen eller genom arbetsgivaren.',
};

export const englishWording: LetterWording = {
  heading: 'Your ID06 card has arrived',
  greeting: (holder, company) => `Hello ${holder}! The card is for your work at ${company}. It starts to work once you have activated it yourself.`,
  numberLabel: 'Card number',
  validLabel: 'Valid to',
  stepsHeading: 'How to activate the card',
  steps: (portal, cardNumber) => [
    `Sign in at ${portal} and open the page with your cards.`,
    `Choose to activate a card and type the number with its hyphens, just as it is printed: ${cardNumber}.`,
    'The code of the card is shown in the portal only, when you are signed in. It is never sent by post.',
    'Check name, company and photo. If something is wrong, do not activate the card but tell the person who ordered it.',
  ],
  closing: 'Wear the card where it can be seen at work. A lost card is blocked in the portal or through your employer.',
};
