import factory
from django.contrib.auth.models import Group

from accounts.models import Channel, Device, User
from accounts.models.user import Kind


class UserFactory(factory.django.DjangoModelFactory):
    """A member of staff who sees all sites and has no rights yet; `UserFactory(role="front_desk")` gives a role's."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    name = factory.Sequence(lambda n: f"Staff Member {n}")
    is_staff = True
    sees_all_sites = True

    @factory.post_generation
    def role(self, create, code, **kwargs):
        if code:
            self.groups.add(Group.objects.get(name=code))


class DeviceUserFactory(UserFactory):
    username = factory.Sequence(lambda n: f"device:{n}")
    kind = Kind.DEVICE
    is_staff = False


class DeviceFactory(factory.django.DjangoModelFactory):
    """A phone menu that sees all sites."""

    class Meta:
        model = Device

    name = factory.Sequence(lambda n: f"Phone menu {n}")
    channel = Channel.PHONE
    user = factory.SubFactory(DeviceUserFactory)
