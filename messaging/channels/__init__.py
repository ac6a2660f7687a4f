"""The carriers, by name. Each is one folder."""

from messaging.channels.aliyun_sms.transport import AliyunSmsTransport
from messaging.channels.anymail.transport import AnymailTransport
from messaging.channels.base import Transport
from messaging.channels.outbox.transport import OutboxTransport
from messaging.channels.smtp.transport import SmtpTransport
from messaging.channels.tencent_sms.transport import TencentSmsTransport
from messaging.channels.twilio_sms.transport import TwilioSmsTransport
from messaging.channels.twilio_voice.transport import TwilioVoiceTransport
from messaging.channels.webhook.transport import WebhookTransport
from messaging.channels.wechat.transport import WechatTransport

TRANSPORTS: dict[str, type[Transport]] = {
    transport.kind: transport
    for transport in (
        OutboxTransport,
        AliyunSmsTransport,
        TencentSmsTransport,
        TwilioSmsTransport,
        TwilioVoiceTransport,
        WechatTransport,
        SmtpTransport,
        AnymailTransport,
        WebhookTransport,
    )
}
