curl -i -X DELETE \
  'https://api-docs.ivalt.com/_mock/products/admin-portal/admin_apis/organization/{orgId}/delete/user/{userId}' \
  -H 'x-api-key: YOUR_API_KEY_HERE'
