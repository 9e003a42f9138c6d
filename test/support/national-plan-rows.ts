/** A value at home, and the number that is meant; what is no number gives its reason. */
type Row = readonly [value: string, expected: string];

/**
 * Mobile numbers as the regulators' own plans write them at home, from their documents (most are summed up in the ITU's
 * collection of national numbering plans, itu.int/oth/T0202), and not from the library that reads them.
 */
export const PLAN_ROWS: Readonly<Record<string, { readonly source: string; readonly rows: readonly Row[] }>> = {
  AT: {
    source: 'KEM-V 2009, RTR: 0650 to 0699',
    rows: [
      ['0664 1234567', '+436641234567'],
      ['0676/123 45 67', '+436761234567'],
      ['(0699) 12345678', '+4369912345678'],
      ['0660 1234567', '+436601234567'],
    ],
  },
  AU: {
    source: 'Numbering Plan 2015, ACMA: 04',
    rows: [
      ['0412 345 678', '+61412345678'],
      ['0491 570 156', '+61491570156'],
      ['(04) 1234 5678', '+61412345678'],
    ],
  },
  BE: {
    source: 'national numbering plan, BIPT: 045 to 049',
    rows: [
      ['0470 12 34 56', '+32470123456'],
      ['0486/12.34.56', '+32486123456'],
      ['0495-12-34-56', '+32495123456'],
    ],
  },
  BG: {
    source: 'national numbering plan, CRC: 087, 088, 089',
    rows: [
      ['087 812 3456', '+359878123456'],
      ['0888 123 456', '+359888123456'],
    ],
  },
  BR: {
    source: 'Resolução 749/2022, Anatel: area code, then 9 and eight digits',
    rows: [
      ['(11) 91234-5678', '+5511912345678'],
      ['011 91234-5678', '+5511912345678'],
      ['0 15 11 91234-5678', '+5511912345678'],
    ],
  },
  CH: {
    source: 'E.164 plan, BAKOM: 075 to 079',
    rows: [
      ['079 123 45 67', '+41791234567'],
      ["078'123'45'67", '+41781234567'],
      ['076 / 123 45 67', '+41761234567'],
      ['075 412 34 56', '+41754123456'],
    ],
  },
  CN: {
    source: 'numbering plan, MIIT: 13x to 19x',
    rows: [
      ['138 1234 5678', '+8613812345678'],
      ['189-1234-5678', '+8618912345678'],
    ],
  },
  CZ: {
    source: 'numbering plan, CTU: 60x, 72x to 77x',
    rows: [
      ['601 234 567', '+420601234567'],
      ['777 123 456', '+420777123456'],
    ],
  },
  DE: {
    source: 'Nummernraum Mobile Dienste, BNetzA: 015, 016, 017',
    rows: [
      ['0151 12345678', '+4915112345678'],
      ['0171-3920000', '+491713920000'],
      ['0160/1234567', '+491601234567'],
      ['(0176) 040 690 00', '+4917604069000'],
      ['0157 71234567', '+4915771234567'],
    ],
  },
  DK: {
    source: 'Den danske nummerplan, SDFI: eight digits',
    rows: [
      ['20 12 34 56', '+4520123456'],
      ['30123456', '+4530123456'],
      ['40 12 34 56', '+4540123456'],
    ],
  },
  EE: {
    source: 'numbering plan, TTJA: 5 and six or seven digits',
    rows: [
      ['5123 4567', '+37251234567'],
      ['512 3456', '+3725123456'],
    ],
  },
  EG: {
    source: 'numbering plan, NTRA: 010, 011, 012, 015',
    rows: [
      ['0100 123 4567', '+201001234567'],
      ['0122 123 4567', '+201221234567'],
    ],
  },
  ES: {
    source: 'Plan nacional de numeración telefónica: 6 and 71 to 74',
    rows: [
      ['612 34 56 78', '+34612345678'],
      ['711 234 567', '+34711234567'],
    ],
  },
  FI: {
    source: 'numbering plan, Traficom: 04x, 050',
    rows: [
      ['040 123 4567', '+358401234567'],
      ['050 1234567', '+358501234567'],
      ['045-123 4567', '+358451234567'],
    ],
  },
  FR: {
    source: 'Plan national de numérotation, Arcep: 06, 07',
    rows: [
      ['06 12 34 56 78', '+33612345678'],
      ['07.56.78.90.12', '+33756789012'],
      ['06-39-98-12-34', '+33639981234'],
    ],
  },
  GB: {
    source: 'National Telephone Numbering Plan, Ofcom: 071 to 075, 077 to 079',
    rows: [
      ['07400 123456', '+447400123456'],
      ['07700 900123', '+447700900123'],
      ['(07911) 123456', '+447911123456'],
      ['07640 123456', 'noSms'],
    ],
  },
  GR: {
    source: 'numbering plan, EETT: 69x',
    rows: [
      ['691 234 5678', '+306912345678'],
      ['6971234567', '+306971234567'],
    ],
  },
  HK: {
    source: 'numbering plan, OFCA: 5, 6, 9',
    rows: [
      ['5123 4567', '+85251234567'],
      ['9123 4567', '+85291234567'],
    ],
  },
  HR: {
    source: 'numbering plan, HAKOM: 091 to 099',
    rows: [
      ['091 234 5678', '+385912345678'],
      ['098/123-456', '+38598123456'],
    ],
  },
  HU: {
    source: 'numbering plan, NMHH: 06 20, 30, 31, 50, 70',
    rows: [
      ['06 20 123 4567', '+36201234567'],
      ['06-30/123-4567', '+36301234567'],
      ['(06 70) 123 4567', '+36701234567'],
    ],
  },
  ID: {
    source: 'Fundamental Technical Plan, Komdigi: 08x',
    rows: [
      ['0812-3456-789', '+628123456789'],
      ['0878 1234 5678', '+6287812345678'],
    ],
  },
  IE: {
    source: 'National Numbering Scheme, ComReg: 083 to 089',
    rows: [
      ['085 012 3456', '+353850123456'],
      ['(087) 123 4567', '+353871234567'],
    ],
  },
  IL: {
    source: 'numbering plan, Ministry of Communications: 05x',
    rows: [
      ['050-234-5678', '+972502345678'],
      ['052 1234567', '+972521234567'],
    ],
  },
  IN: {
    source: 'National Numbering Plan 2003, DoT: 6 to 9 and nine digits',
    rows: [
      ['081234 56789', '+918123456789'],
      ['98765 43210', '+919876543210'],
      ['098765-43210', '+919876543210'],
    ],
  },
  IT: {
    source: 'Piano nazionale di numerazione, AGCOM: 3xx, no trunk prefix',
    rows: [
      ['312 345 6789', '+393123456789'],
      ['347/1234567', '+393471234567'],
    ],
  },
  JP: {
    source: 'numbering plan, MIC: 070, 080, 090',
    rows: [
      ['090-1234-5678', '+819012345678'],
      ['080 1234 5678', '+818012345678'],
      ['(070) 1234-5678', '+817012345678'],
    ],
  },
  KE: {
    source: 'numbering plan, CA: 07xx, 01xx',
    rows: [
      ['0712 123456', '+254712123456'],
      ['0110 123 456', '+254110123456'],
    ],
  },
  KR: {
    source: 'numbering plan, MSIT: 010',
    rows: [
      ['010-2000-0000', '+821020000000'],
      ['010 1234 5678', '+821012345678'],
    ],
  },
  LT: {
    source: 'numbering plan, RRT: 8, now 0, and 6',
    rows: [
      ['8 612 34567', '+37061234567'],
      ['0 612 34567', '+37061234567'],
      ['(8-612) 34567', '+37061234567'],
    ],
  },
  LV: {
    source: 'numbering plan, VAS ES: 2 and seven digits',
    rows: [
      ['21 234 567', '+37121234567'],
      ['29123456', '+37129123456'],
    ],
  },
  MX: {
    source: 'Plan Técnico Fundamental de Numeración, IFT: ten digits',
    rows: [
      ['55 1234 5678', '+525512345678'],
      ['(33) 1234-5678', '+523312345678'],
    ],
  },
  MY: {
    source: 'numbering plan, MCMC: 01x',
    rows: [
      ['012-345 6789', '+60123456789'],
      ['011-1234 5678', '+601112345678'],
    ],
  },
  NG: {
    source: 'National Numbering Plan, NCC: 070, 080, 081, 090',
    rows: [
      ['0802 123 4567', '+2348021234567'],
      ['0703 123 4567', '+2347031234567'],
    ],
  },
  NL: {
    source: 'Nummerplan telefoon- en ISDN-diensten, ACM: 06',
    rows: [
      ['06 12345678', '+31612345678'],
      ['06-4123 4567', '+31641234567'],
    ],
  },
  NO: {
    source: 'numbering plan E.164, Nkom: 4, 9',
    rows: [
      ['406 12 345', '+4740612345'],
      ['901 23 456', '+4790123456'],
      ['46 12 34 56', '+4746123456'],
    ],
  },
  NZ: {
    source: 'Number Register, NAD: 021, 022, 027',
    rows: [
      ['021 123 4567', '+64211234567'],
      ['027 123 4567', '+64271234567'],
    ],
  },
  PL: {
    source: 'Plan numeracji krajowej, UKE: nine digits, no trunk prefix',
    rows: [
      ['512 345 678', '+48512345678'],
      ['601-234-567', '+48601234567'],
      ['789 123 456', '+48789123456'],
    ],
  },
  PT: {
    source: 'Plano Nacional de Numeração, ANACOM: 91, 92, 93, 96',
    rows: [
      ['912 345 678', '+351912345678'],
      ['96 123 45 67', '+351961234567'],
    ],
  },
  RO: {
    source: 'numbering plan, ANCOM: 07',
    rows: [
      ['0712 034 567', '+40712034567'],
      ['0745.123.456', '+40745123456'],
    ],
  },
  RU: {
    source: 'numbering plan, Mincifry: 8, then 9xx',
    rows: [
      ['8 (912) 345-67-89', '+79123456789'],
      ['8-903-123-45-67', '+79031234567'],
      ['912 345 67 89', '+79123456789'],
    ],
  },
  SE: {
    source: 'Svenska telefoninummerplanen, PTS: 070, 072, 073, 076, 079',
    rows: [
      ['070-174 06 05', '+46701740605'],
      ['072-123 45 67', '+46721234567'],
      ['073-1234567', '+46731234567'],
      ['0761-23 45 67', '+46761234567'],
      ['079-102 33 44', '+46791023344'],
    ],
  },
  SG: {
    source: 'National Numbering Plan, IMDA: 8, 9',
    rows: [
      ['8123 4567', '+6581234567'],
      ['9123 4567', '+6591234567'],
    ],
  },
  SK: {
    source: 'numbering plan, RÚ: 09x',
    rows: [
      ['0912 123 456', '+421912123456'],
      ['0905/123456', '+421905123456'],
    ],
  },
  TH: {
    source: 'numbering plan, NBTC: 06, 08, 09',
    rows: [
      ['081 234 5678', '+66812345678'],
      ['09-1234-5678', '+66912345678'],
    ],
  },
  TR: {
    source: 'numbering plan, BTK: 05xx',
    rows: [
      ['0501 234 56 78', '+905012345678'],
      ['(0532) 123 45 67', '+905321234567'],
    ],
  },
  UA: {
    source: 'numbering plan, NKEK: 050, 063, 067 …',
    rows: [
      ['050 123 4567', '+380501234567'],
      ['(067) 123-45-67', '+380671234567'],
    ],
  },
  US: {
    source: 'North American Numbering Plan, NANPA',
    rows: [
      ['(202) 555-0123', '+12025550123'],
      ['1-202-555-0123', '+12025550123'],
      ['202.555.0123', '+12025550123'],
    ],
  },
  VN: {
    source: 'Circular 22/2014, MIC: 03, 05, 07, 08, 09',
    rows: [
      ['091 234 56 78', '+84912345678'],
      ['0386 123 456', '+84386123456'],
    ],
  },
  ZA: {
    source: 'Numbering Plan Regulations 2016, ICASA: 06, 07, 08',
    rows: [
      ['071 123 4567', '+27711234567'],
      ['082 123 4567', '+27821234567'],
    ],
  },
};
