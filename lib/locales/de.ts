import type { Locale } from './locale.ts';

export const de: Locale = {
  tag: 'de',
  dir: 'ltr',
  sms: {
    'sign-in': {
      full: '{code} ist Ihr Code für die Anmeldung bei {app}. Er gilt {minutes} Min. Geben Sie ihn an niemanden weiter.',
      short: '{code} ist Ihr Code für die Anmeldung bei {app}. Nicht weitergeben.',
    },
    'step-up': {
      full: '{code} ist Ihr Code zur Bestätigung eines Vorgangs bei {app}. Er gilt {minutes} Min. Geben Sie ihn nicht weiter.',
      short: '{code} ist Ihr Code zur Bestätigung bei {app}. Nicht weitergeben.',
    },
    enroll: {
      full: '{code} ist Ihr Code, um diese Nummer bei {app} hinzuzufügen. Er gilt {minutes} Min. Geben Sie ihn nicht weiter.',
      short: '{code} ist Ihr Code für diese Nummer bei {app}. Nicht weitergeben.',
    },
    change: {
      full: '{code} ist Ihr Code, um Ihre Telefonnummern bei {app} zu ändern. Er gilt {minutes} Min. Geben Sie ihn nicht weiter.',
      short: '{code} ist Ihr Code zur Nummernänderung bei {app}. Nicht weitergeben.',
    },
    numberAdded: {
      full: 'Ihrem Konto bei {app} wurde eine Telefonnummer hinzugefügt. Waren Sie das nicht? Dann informieren Sie sofort die Administration.',
      short:
        'Ihrem Konto bei {app} wurde eine Nummer hinzugefügt. Waren Sie das nicht? Informieren Sie die Administration.',
    },
    numberRemoved: {
      full: 'Aus Ihrem Konto bei {app} wurde eine Telefonnummer entfernt. Waren Sie das nicht? Dann informieren Sie sofort die Administration.',
      short:
        'Aus Ihrem Konto bei {app} wurde eine Nummer entfernt. Waren Sie das nicht? Informieren Sie die Administration.',
    },
    browserCopied: {
      full: 'Eine Kopie eines vertrauenswürdigen Browsers wurde bei {app} benutzt. Ihm wird nicht mehr vertraut. Waren Sie das nicht? Ändern Sie Ihr Passwort.',
      short:
        'Eine Kopie Ihres vertrauenswürdigen Browsers wurde bei {app} benutzt. Waren Sie das nicht? Ändern Sie Ihr Passwort.',
    },
    helpCodeIssued: {
      full: 'Der Helpdesk von {app} hat einen Code für die Anmeldung in Ihrem Konto ohne Telefon ausgestellt. Nicht angefordert? Informieren Sie ihn sofort.',
      short: 'Der Helpdesk von {app} hat einen Code für Ihr Konto ausgestellt. Nicht angefordert? Informieren Sie ihn.',
    },
    helpCodeUsed: {
      full: 'Anmeldung in Ihrem Konto bei {app} mit einem Code des Helpdesks. Waren Sie das nicht? Dann informieren Sie sofort die Administration.',
      short:
        'Anmeldung bei {app} mit einem Code des Helpdesks. Waren Sie das nicht? Informieren Sie die Administration.',
    },
    recoveryCodeUsed: {
      full: 'Anmeldung in Ihrem Konto bei {app} mit einem Wiederherstellungscode. Waren Sie das nicht? Dann informieren Sie sofort die Administration.',
      short:
        'Anmeldung bei {app} mit einem Wiederherstellungscode. Waren Sie das nicht? Informieren Sie die Administration.',
    },
  },
  pages: {
    loginTitle: 'Anmelden',
    username: 'Benutzername',
    password: 'Passwort',
    signIn: 'Anmelden',
    numberTitle: 'Wohin sollen wir den Code senden?',
    numberIntro: 'Wählen Sie das Telefon, das Sie bei sich haben.',
    chooseNumberFirst: 'Bitte wählen Sie zuerst eine Telefonnummer.',
    cookiesNeeded:
      'Ihr Browser speichert für diese Website keine Cookies. Erlauben Sie sie und melden Sie sich dann erneut an.',
    sendTo: 'Code an {phone} senden',
    codeTitle: 'Code eingeben',
    stepUpTitle: 'Bitte bestätigen Sie, dass Sie es sind',
    codeSentTo: 'Wir haben einen Code per SMS an {phone} gesendet.',
    code: 'Code',
    codeHint: '{digits} Ziffern',
    codeDigits: 'Der Code hat {digits} Ziffern. Bitte prüfen Sie Ihre Eingabe.',
    codeUsed:
      'Dieser Code wurde gerade verwendet und gilt nur einmal. Machen Sie weiter: Falls Sie noch nicht angemeldet sind, können Sie sich erneut anmelden.',
    verify: 'Weiter',
    expiresIn: 'Der Code ist noch {time} gültig.',
    expired: 'Der Code ist nicht mehr gültig. Bitte fordern Sie einen neuen an.',
    attemptsRemaining: { one: 'noch {attempts} Versuch', other: 'noch {attempts} Versuche' },
    noAttemptsRemaining:
      'Es gab zu viele falsche Versuche. Dieser Code ist nicht mehr gültig. Bitte fordern Sie einen neuen an.',
    sendAgain: 'Code erneut senden',
    sendNew: 'Neuen Code senden',
    sendAgainIn: 'Sie können ihn in {time} erneut senden.',
    canSendAgain: 'Sie können den Code jetzt erneut senden.',
    sendIntro: 'Geben Sie zum Abschluss der Anmeldung einen Code ein, den wir Ihnen per SMS senden.',
    stepUpIntro: 'Bevor es weitergeht, geben Sie bitte einen neuen Code ein, den wir Ihnen per SMS senden.',
    send: 'Code senden',
    startOver: 'Von vorn beginnen',
    errorTitle: 'Das hat nicht geklappt',
    errorMark: 'Fehler: {title}',
    waitFor: 'Bitte warten Sie {time}.',
    deliveryQueued: 'Die SMS wird gesendet.',
    deliveryAccepted: 'Die SMS ist unterwegs.',
    deliveryDelivered: 'Die SMS ist auf Ihrem Telefon angekommen.',
    deliveryFailed: 'Ihr Mobilfunkanbieter konnte die SMS nicht zustellen. Senden Sie sie erneut.',
    deliveryFailedOther:
      'Ihr Mobilfunkanbieter konnte die SMS nicht zustellen. Senden Sie sie erneut, oder wählen Sie „{link}“.',
    deliveryUnknown: 'Die SMS sollte bald ankommen. Ob sie angekommen ist, können wir nicht bestätigen.',
    enrollTitle: 'Telefonnummer hinzufügen',
    enrollIntro: 'Wenn Sie sich anmelden, senden wir einen Code per SMS an diese Nummer.',
    enterNumberFirst: 'Bitte geben Sie zuerst eine Telefonnummer ein.',
    enrollCodeIntro: 'Er bestätigt, dass die Nummer Ihnen gehört.',
    phone: 'Telefonnummer',
    phoneHint: 'Mit der Landesvorwahl, zum Beispiel {example}.',
    countriesTaken: 'Zulässig sind Nummern aus: {countries}.',
    sendCode: 'Code senden',
    changeTitle: 'Änderung bestätigen',
    changeIntro: 'Bevor Ihre Nummern geändert werden, geben Sie bitte den Code ein, den wir an {phone} gesendet haben.',
    accountTitle: 'Ihr Konto',
    signedInAs: 'Angemeldet als {name}',
    yourNumbers: 'Ihre Telefonnummern',
    addNumber: 'Nummer hinzufügen',
    alreadyYours: 'Diese Nummer haben Sie schon.',
    add: 'Hinzufügen',
    remove: 'Entfernen',
    removeNumber: '{phone} entfernen',
    lastNumber: 'Das ist Ihre einzige Nummer. Fügen Sie erst eine andere hinzu, bevor Sie sie entfernen.',
    numberEndingIn: 'die Nummer mit den Endziffern {digits}',
    registeredPhone: 'Ihr Telefon',
    first: 'erste',
    second: 'zweite',
    further: 'Nr. {place}',
    noUsableNumber:
      'Für Ihr Konto ist keine Telefonnummer hinterlegt, die wir verwenden können. Bitte wenden Sie sich an Ihre Administration, um sie zu berichtigen.',
    unknownPerson:
      'Sie sind angemeldet, aber unter diesem Namen sind Sie in unserem Verzeichnis nicht eingetragen. Bitte wenden Sie sich an Ihre Administration.',
    formNotKept: 'Ihre Eingaben im Formular wurden nicht gespeichert. Danach kehren Sie zum Formular zurück.',
    anotherNumber: 'Andere Nummer verwenden',
    signOut: 'Abmelden',
    signOutEverywhere: 'Überall abmelden',
    signOutEverywhereHint: 'Beendet alle Ihre Sitzungen auf allen Geräten.',
    backToSite: 'Zurück zur Website',
    smsNeeded:
      'Hierfür ist ein Code per SMS nötig. Ein vertrauenswürdiger Browser, ein Code vom Helpdesk oder ein Wiederherstellungscode genügt hier nicht.',
    trustBrowser: 'Diesem Browser {time} lang vertrauen',
    trustBrowserHint:
      'So lange genügt hier Ihr Passwort allein. Nur auf einem Gerät auswählen, das sonst niemand verwendet.',
    trustedBrowsers: 'Vertrauenswürdige Browser',
    trustedBrowsersHint: 'In diesen Browsern genügt zum Anmelden Ihr Passwort allein.',
    lastUsed: 'zuletzt verwendet am {date}',
    removeBrowser: '{browser} entfernen',
    unknownBrowser: 'Ein anderer Browser',
    noPhoneAtHand: 'Ich habe mein Telefon nicht bei mir',
    withoutPhoneTitle: 'Ohne Telefon anmelden',
    withoutPhoneIntro:
      'Fordern Sie beim Helpdesk einen Code an und geben Sie ihn hier ein. Wir melden Ihnen per SMS, dass er verwendet wurde.',
    recoveryCodeIntro: 'Sie können auch einen Ihrer Wiederherstellungscodes mit seiner Nummer eingeben.',
    withoutPhoneMalformed: 'Das ist kein vollständiger Code. Bitte prüfen Sie Ihre Eingabe.',
    withoutPhoneWrong: 'Dieser Code ist falsch oder gilt nicht mehr.',
    withPhone: 'Ich habe mein Telefon bei mir',
    recoveryCodes: 'Wiederherstellungscodes',
    recoveryCodesIntro:
      'Mit einem Wiederherstellungscode können Sie sich anmelden, wenn Sie Ihr Telefon nicht bei sich haben. Jeder gilt einmal.',
    recoveryCodesLeft: {
      one: 'Sie haben noch {codes} Wiederherstellungscode.',
      other: 'Sie haben noch {codes} Wiederherstellungscodes.',
    },
    recoveryCodesNew:
      'Drucken Sie diese Codes aus oder schreiben Sie sie auf, und bewahren Sie sie sicher auf. Sie werden nur jetzt angezeigt, und Ihre früheren Codes gelten nicht mehr.',
    recoveryCodesMake: 'Wiederherstellungscodes anfordern',
    recoveryCodesReplace: 'Neue Wiederherstellungscodes anfordern',
    numberReplaceable:
      'Sie haben sich ohne Telefon angemeldet: In den nächsten 5 Minuten können Sie eine neue Nummer hinzufügen, ohne dass ein Code an eine alte geht.',
  },
  errors: {
    INVALID_CREDENTIALS: 'Benutzername oder Passwort stimmt nicht.',
    SIGN_IN_REQUIRED: 'Bitte melden Sie sich zuerst an.',
    SMS_OTP_REQUIRED: 'Bitte geben Sie zuerst einen Code ein.',
    INVALID_CODE: 'Dieser Code stimmt nicht. Bitte sehen Sie in der neuesten SMS nach.',
    CODE_EXPIRED: 'Dieser Code ist nicht mehr gültig. Bitte fordern Sie einen neuen an.',
    NO_CHALLENGE: 'Hier wird kein Code erwartet. Bitte fordern Sie zuerst einen an.',
    CONFLICT: 'Auf dieser Seite hat sich etwas geändert. Bitte prüfen Sie sie noch einmal.',
    TOO_MANY_ATTEMPTS: 'Es gab zu viele Versuche.',
    TOO_MANY_SENDS: 'Für einen weiteren Code ist es noch zu früh.',
    FACTOR_LOCKED:
      'Die Anmeldung per SMS ist für Ihr Konto gesperrt. Bitte wenden Sie sich an Ihre Administration, um sie freizugeben.',
    NO_PHONE_NUMBER:
      'Für Ihr Konto ist keine Telefonnummer hinterlegt. Bitte wenden Sie sich an Ihre Administration, um eine zu hinterlegen.',
    SEND_REFUSED: 'An diese Nummer können wir jetzt keinen Code senden. Bitte wenden Sie sich an Ihre Administration.',
    PHONE_NOT_ACCEPTED:
      'Diese Telefonnummer kann nicht verwendet werden. Bitte prüfen Sie sie samt der Landesvorwahl, oder verwenden Sie eine andere Nummer.',
    CROSS_ORIGIN:
      'Dieses Formular wurde von einer anderen Adresse gesendet. Bitte rufen Sie die Website neu auf und versuchen Sie es noch einmal.',
    BAD_REQUEST:
      'Wir konnten Ihre Eingabe nicht lesen. Bitte prüfen Sie sie, oder gehen Sie zurück und versuchen Sie es noch einmal.',
    METHOD_NOT_ALLOWED: 'Diese Seite lässt sich nicht direkt öffnen. Bitte machen Sie hier weiter.',
    UNSUPPORTED_MEDIA_TYPE: 'Diese Seite nimmt Anfragen dieser Art nicht an.',
    SMS_UNAVAILABLE: 'Wir können gerade keine SMS senden. Es ist nichts verloren: Bitte versuchen Sie es noch einmal.',
    DIRECTORY_UNAVAILABLE:
      'Wir können Ihr Konto gerade nicht abrufen. Es ist nichts verloren: Bitte versuchen Sie es noch einmal.',
    STATE_UNAVAILABLE: 'Es geht gerade nicht weiter. Es ist nichts verloren: Bitte versuchen Sie es noch einmal.',
    SHUTTING_DOWN: 'Dieser Server wird gerade neu gestartet. Bitte versuchen Sie es noch einmal.',
    SESSION_MISSING: 'Diese Website ist nicht richtig eingerichtet. Bitte informieren Sie die Administration.',
    MISCONFIGURED: 'Diese Website ist nicht richtig eingerichtet. Bitte informieren Sie die Administration.',
  },
};
