package domain

import "strings"

// providers are domains of mail providers and of hosts that hand out addresses
// themselves: a person's address there does not hang on a domain of theirs.
const providers = `
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com outlook.de
outlook.fr outlook.es outlook.jp hotmail.co.uk hotmail.fr hotmail.de hotmail.it
hotmail.es live.co.uk live.fr live.nl live.se live.cn windowslive.com
yahoo.com yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.fr yahoo.de yahoo.it
yahoo.es yahoo.com.br yahoo.com.cn yahoo.ca yahoo.in ymail.com rocketmail.com
aol.com icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me
fastmail.com fastmail.fm fastmail.net sent.com messagingengine.com hey.com
zoho.com zohomail.com mail.com email.com gmx.com gmx.de gmx.net gmx.at gmx.ch
web.de freenet.de t-online.de posteo.de posteo.net mailbox.org tuta.com
tuta.io tutanota.com tutanota.de tutamail.com riseup.net disroot.org
cock.li skiff.com duck.com simplelogin.com simplelogin.io anonaddy.com
anonaddy.me addy.io relay.firefox.com mozmail.com passmail.net
qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com
139.com 189.cn aliyun.com 21cn.com naver.com daum.net hanmail.net kakao.com
yandex.com yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru internet.ru
rambler.ru ukr.net i.ua seznam.cz email.cz centrum.cz wp.pl o2.pl onet.pl
interia.pl libero.it virgilio.it tiscali.it alice.it orange.fr wanadoo.fr
free.fr laposte.net sfr.fr neuf.fr bluewin.ch telenet.be skynet.be ziggo.nl
xs4all.nl home.nl planet.nl telia.com bigpond.com optusnet.com.au xtra.co.nz
comcast.net verizon.net att.net sbcglobal.net cox.net earthlink.net
charter.net bellsouth.net rogers.com shaw.ca sympatico.ca btinternet.com
sky.com virginmedia.com ntlworld.com uol.com.br bol.com.br terra.com.br
rediffmail.com docomo.ne.jp nifty.com mailinator.com
github.com githubusercontent.com gitlab.com npmjs.com bitbucket.org
`

// isProvider scans the list: 3 kB, for the few addresses of a package.
func isProvider(domain string) bool {
	for rest := providers; ; {
		i := strings.Index(rest, domain)
		if i < 0 {
			return false
		}
		end := i + len(domain)
		if boundary(rest, i-1) && boundary(rest, end) {
			return true
		}
		rest = rest[end:]
	}
}

func boundary(s string, i int) bool {
	return i < 0 || i >= len(s) || s[i] == ' ' || s[i] == '\n'
}
